import { visibleBox } from "./bars.js";
/** @import { Frame } from "./picture.js" */
/** @import { Span } from "./types.js" */

/** Outlines around the bar under the pointer, the one with the keyboard's focus, and the pinned one. */

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawMarks(context, frame) {
  for (const { span, pinned } of frame.marked) {
    const box = boxOf(span, frame);
    if (!box) continue;
    context.strokeStyle = frame.palette.accent;
    context.lineWidth = pinned ? 3 : 2;
    context.beginPath();
    context.roundRect(box.x - 2.5, box.y - 2.5, box.width + 5, box.height + 5, 6);
    context.stroke();
  }
}

/** @param {Span} span @param {Frame} frame */
export function boxOf(span, frame) {
  const row = frame.geometry.rowOf.get(span);
  return row ? visibleBox(span, row, frame) : null;
}

/**
 * The span under a point of the canvas; narrow bars are met a little beside them, too.
 * @param {number} x @param {number} y @param {Frame} frame
 */
export function spanAt(x, y, frame) {
  const lane = frame.geometry.lanes.find((one) => y >= one.y && y < one.y + one.height);
  const row = lane?.placedRows.find((one) => y >= one.y - 2 && y < one.y + one.height + 2);
  let best = null;
  let nearest = 4;
  for (const span of row?.spans ?? []) {
    const box = visibleBox(span, /** @type {any} */ (row), frame);
    if (!box) continue;
    const beside = Math.max(box.x - x, x - box.x - box.width, 0);
    if (beside < nearest) [best, nearest] = [span, beside];
  }
  return best;
}
