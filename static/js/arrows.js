import { visibleBox } from "./bars.js";
/** @import { Span } from "./types.js" */
/** @import { Box } from "./bars.js" */
/** @import { Frame } from "./picture.js" */

/** Arrows where execution crosses from one thread to another: from a span to its child on another lane. */
const MOST = 400;
const HEAD = 5;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawArrows(context, frame) {
  const crossings = findCrossings(frame);
  if (crossings.length > MOST) return;
  const line = new Path2D();
  const heads = new Path2D();
  for (const { from, to } of crossings) addArrow(line, heads, from, to, frame);
  context.lineWidth = 5;
  context.strokeStyle = frame.palette.panel;
  context.globalAlpha = 0.75;
  context.stroke(line);
  context.globalAlpha = frame.lit ? 0.5 : 1;
  context.lineWidth = 1.5;
  context.strokeStyle = frame.palette.arrow;
  context.stroke(line);
  context.fillStyle = frame.palette.arrow;
  context.fill(heads);
  context.globalAlpha = 1;
}

/** @param {Frame} frame */
function findCrossings(frame) {
  /** @type {Map<Span, Box>} */
  const boxes = new Map();
  /** @type {Span[]} */
  const crossing = [];
  for (const lane of frame.geometry.lanes) {
    for (const row of lane.placedRows) {
      for (const span of row.spans) {
        const box = visibleBox(span, row, frame);
        if (box) boxes.set(span, box);
        if (span.parentSpan && span.parentSpan.lane !== span.lane) crossing.push(span);
      }
    }
  }
  return crossing.flatMap((span) => {
    const from = span.parentSpan && boxes.get(span.parentSpan);
    const to = boxes.get(span);
    return from && to && frame.scale.x(span.start_ns) >= frame.scale.left - 1 ? [{ from, to }] : [];
  });
}

/**
 * Leaves the parent's edge where the child begins, and meets the child a little after its begin, so that it is seen against both.
 * @param {Path2D} line @param {Path2D} heads @param {Box} from @param {Box} to @param {Frame} frame
 */
function addArrow(line, heads, from, to, frame) {
  const down = to.y > from.y;
  const x1 = Math.min(Math.max(to.x - 3, from.x + 3), from.x + from.width) + 0.5;
  const y1 = down ? from.y + from.height : from.y;
  const x2 = Math.min(to.x + Math.min(6, to.width / 2), frame.scale.right) + 0.5;
  const y2 = down ? to.y - 1 : to.y + to.height + 1;
  const back = down ? -HEAD : HEAD;
  const bend = (y2 - y1) * 0.45;
  line.moveTo(x1, y1);
  line.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2 + back);
  heads.moveTo(x2, y2);
  heads.lineTo(x2 - HEAD * 0.8, y2 + back * 1.5);
  heads.lineTo(x2 + HEAD * 0.8, y2 + back * 1.5);
  heads.closePath();
}
