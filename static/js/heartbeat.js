import { stripY } from "./geometry.js";
import { duration } from "./format.js";
import { FONT } from "./labels.js";
/** @import { PlacedLane } from "./geometry.js" */
/** @import { Pause } from "./types.js" */
/** @import { Frame } from "./picture.js" */

/** The heartbeat of an event loop: a beaded line, broken where the loop came late because something held its thread. */
const BEAD_PX = 9;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawHeartbeats(context, frame) {
  for (const lane of frame.geometry.lanes) {
    if (!lane.thread.event_loop) continue;
    const pauses = visiblePauses(frame.pausesOf(lane.key), frame);
    drawBeads(context, frame, lane, pauses);
    for (const pause of pauses) drawPause(context, frame, lane, pause);
  }
}

/** @param {Pause[]} pauses @param {Frame} frame */
function visiblePauses(pauses, { scale }) {
  return pauses
    .map(({ start_ns, end_ns }) => ({ left: scale.x(start_ns), right: scale.x(end_ns), ns: end_ns - start_ns }))
    .filter(({ left, right }) => right > scale.left && left < scale.right && right - left >= 1);
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {PlacedLane} lane @param {{left: number, right: number}[]} pauses */
function drawBeads(context, frame, lane, pauses) {
  const y = stripY(lane, frame.metrics);
  const end = Math.min(frame.scale.right, frame.scale.x(frame.now));
  context.fillStyle = frame.palette.ok;
  context.beginPath();
  for (let x = frame.scale.left + 3; x < end; x += BEAD_PX) {
    if (!pauses.some(({ left, right }) => x >= left && x <= right)) context.rect(Math.round(x), y, 3, 2);
  }
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {PlacedLane} lane @param {{left: number, right: number, ns: number}} pause */
function drawPause(context, frame, lane, { left, right, ns }) {
  const y = stripY(lane, frame.metrics);
  const from = Math.max(left, frame.scale.left);
  const to = Math.min(right, frame.scale.right);
  context.fillStyle = frame.palette.bad;
  context.fillRect(Math.round(from), y - 1, Math.max(2, Math.round(to - from)), 4);
  const text = `loop blocked ${duration(ns)}`;
  if (to - from < text.length * 7) return;
  context.font = FONT.replace("12px", "600 10.5px");
  context.textBaseline = "middle";
  const width = context.measureText(text).width;
  context.fillStyle = frame.palette["lane-loop"];
  context.fillRect(from + 10, y - 6, width + 10, 13);
  context.fillStyle = frame.palette.bad;
  context.fillText(text, from + 15, y + 1);
}
