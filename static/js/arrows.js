import { boxOf } from "./marks.js";
/** @import { Span } from "./types.js" */
/** @import { Box } from "./bars.js" */
/** @import { Frame } from "./picture.js" */

/** Arrows where execution crosses from one thread to another: from a span to its child on another lane. */
const MOST = 400;
const CLEAR = 16;
const HEAD = 5;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawArrows(context, frame) {
  const crossings = findCrossings(frame);
  if (crossings.length > MOST) return;
  const chosen = crossings.filter(({ span }) => isChosen(span, frame));
  const crowded = crossings.length > CLEAR;
  stroke(context, frame, crossings, crowded || frame.lit ? 0.3 : 1, !crowded);
  if (crowded || frame.lit) stroke(context, frame, chosen, 1, true);
}

/** One of its ends is under the pointer, or has the focus, or is pointed at. @param {Span} span @param {Frame} frame */
function isChosen(span, frame) {
  const ends = [span, span.parentSpan];
  return frame.marked.some((mark) => ends.includes(mark.span)) || ends.every((end) => end && frame.lit?.has(end));
}

/**
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {{from: Box, to: Box}[]} crossings @param {number} alpha
 * @param {boolean} halo keeps the line apart from the bars that it passes
 */
function stroke(context, frame, crossings, alpha, halo) {
  const line = new Path2D();
  const heads = new Path2D();
  for (const { from, to } of crossings) addArrow(line, heads, from, to, frame);
  context.globalAlpha = alpha * 0.75;
  context.lineWidth = 5;
  context.strokeStyle = frame.palette.panel;
  if (halo) context.stroke(line);
  context.globalAlpha = alpha;
  context.lineWidth = halo ? 1.5 : 1;
  context.strokeStyle = frame.palette.arrow;
  context.stroke(line);
  context.fillStyle = frame.palette.arrow;
  context.fill(heads);
  context.globalAlpha = 1;
}

/** @param {Frame} frame */
function findCrossings(frame) {
  const { scale, geometry } = frame;
  if (geometry.crossings.length > MOST * 4) return [];
  return geometry.crossings.flatMap((span) => {
    const x = scale.x(span.start_ns);
    const from = span.parentSpan && boxOf(span.parentSpan, frame);
    const to = boxOf(span, frame);
    return from && to && x >= scale.left - 1 && x <= scale.right ? [{ span, from, to }] : [];
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
