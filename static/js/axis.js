import { tick } from "./format.js";
import { FONT } from "./labels.js";
/** @import { Frame } from "./picture.js" */

/** The time axis above the lanes, which stays while they scroll, and the grid lines inside them. */
export const AXIS_HEIGHT = 24;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawAxis(context, frame) {
  const { step, ticks } = frame.scale.ticks(frame.origin);
  context.font = FONT.replace("12px", "11px");
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const at of ticks) {
    const x = frame.scale.x(at + frame.origin);
    const text = tick(at, step);
    const half = context.measureText(text).width / 2;
    context.fillStyle = frame.palette.dim;
    context.fillText(text, Math.min(Math.max(x, frame.scale.left + half), frame.scale.right - half), AXIS_HEIGHT / 2);
  }
  context.textAlign = "start";
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawGrid(context, frame) {
  const lines = new Path2D();
  for (const at of frame.scale.ticks(frame.origin).ticks) {
    const x = Math.round(frame.scale.x(at + frame.origin)) + 0.5;
    for (const lane of frame.geometry.lanes) {
      lines.moveTo(x, lane.y);
      lines.lineTo(x, lane.y + lane.height);
    }
  }
  context.strokeStyle = frame.palette.grid;
  context.lineWidth = 1;
  context.stroke(lines);
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawNow(context, frame) {
  const x = Math.round(frame.scale.x(frame.now)) + 0.5;
  if (!frame.growing || x < frame.scale.left || x > frame.scale.right) return;
  context.strokeStyle = frame.palette.accent;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.beginPath();
  for (const lane of frame.geometry.lanes) {
    context.moveTo(x, lane.y);
    context.lineTo(x, lane.y + lane.height);
  }
  context.stroke();
  context.globalAlpha = 1;
}
