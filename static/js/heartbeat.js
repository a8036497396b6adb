import { stripY } from "./geometry.js";
import { duration, shortName } from "./format.js";
import { FONT } from "./labels.js";
/** @import { PlacedLane } from "./geometry.js" */
/** @import { Frame } from "./picture.js" */

/**
 * @typedef {{start_ns: number, end_ns: number, what: string, by?: string}} Break `by`: the name of what held the loop
 * @typedef {{left: number, right: number, texts: string[]}} PlacedBreak `texts`: the longest that fits is shown
 */

/** The heartbeat of an event loop: a beaded line, broken where the loop came late because something held its thread. */
const BEAD_PX = 9;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawHeartbeats(context, frame) {
  for (const lane of frame.geometry.lanes) {
    if (!lane.thread.event_loop) continue;
    const pauses = visiblePauses(pausesOf(lane, frame), frame);
    drawBeads(context, frame, lane, pauses);
    for (const pause of pauses) drawPause(context, frame, lane, pause);
  }
}

/**
 * What was measured, and the silence that is going on.
 * @param {PlacedLane} lane @param {Frame} frame
 * @returns {Break[]}
 */
function pausesOf(lane, { silentSince, now, pausesOf: measured, holderOf }) {
  const pauses = measured(lane.key).map((pause) => ({
    start_ns: pause.start_ns,
    end_ns: pause.end_ns,
    what: "loop blocked",
    by: holderOf(lane, pause)?.name,
  }));
  return silentSince === null ? pauses : [...pauses, { start_ns: silentSince, end_ns: now, what: "loop silent" }];
}

/**
 * While the server says nothing, what runs is drawn on, but as a guess: it may have ended long ago.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame
 */
export function drawSilence(context, frame) {
  if (frame.silentSince === null) return;
  const from = Math.max(frame.scale.x(frame.silentSince), frame.scale.left);
  const to = Math.min(frame.scale.x(frame.now), frame.scale.right);
  context.globalAlpha = 0.6;
  for (const lane of frame.geometry.lanes) {
    context.fillStyle = frame.palette[lane.thread.event_loop ? "lane-loop" : "lane"];
    for (const row of lane.placedRows) context.fillRect(from, row.y - 1, to - from, row.height + 2);
  }
  context.globalAlpha = 1;
}

/** @param {Break[]} pauses @param {Frame} frame @returns {PlacedBreak[]} */
function visiblePauses(pauses, { scale }) {
  return pauses
    .map((pause) => ({ left: scale.x(pause.start_ns), right: scale.x(pause.end_ns), texts: textsOf(pause) }))
    .filter(({ left, right }) => right > scale.left && left < scale.right && right - left >= 1);
}

/** @param {Break} pause */
function textsOf({ start_ns, end_ns, what, by }) {
  const text = `${what} ${duration(end_ns - start_ns)}`;
  return by === undefined ? [text] : [`${text} by ${shortName(by)}`, text];
}

/**
 * A server's main loop beats all the time. Of any other loop, a new one for one dispatch say, no more is known than what ran on it.
 * @param {PlacedLane} lane @param {Frame} frame
 */
function lifeOf(lane, frame) {
  if (frame.isServerLoop(lane)) return { start: -Infinity, end: frame.now };
  const spans = lane.rows.flat();
  return { start: Math.min(...spans.map((span) => span.start_ns)), end: Math.max(...spans.map((span) => span.end_ns ?? frame.now)) };
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {PlacedLane} lane @param {{left: number, right: number}[]} pauses */
function drawBeads(context, frame, lane, pauses) {
  const y = stripY(lane, frame.metrics);
  const { start, end } = lifeOf(lane, frame);
  const last = Math.min(frame.scale.right, frame.scale.x(end));
  context.fillStyle = frame.palette.ok;
  context.beginPath();
  for (let x = Math.max(frame.scale.left + 3, frame.scale.x(start)); x < last; x += BEAD_PX) {
    if (!pauses.some(({ left, right }) => x >= left && x <= right)) context.rect(Math.round(x), y, 3, 2);
  }
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {PlacedLane} lane @param {PlacedBreak} pause */
function drawPause(context, frame, lane, { left, right, texts }) {
  const y = stripY(lane, frame.metrics);
  const from = Math.max(left, frame.scale.left);
  const to = Math.min(right, frame.scale.right);
  context.fillStyle = frame.palette.bad;
  context.fillRect(Math.round(from), y - 1, Math.max(2, Math.round(to - from)), 4);
  const text = texts.find(({ length }) => to - from >= length * 7);
  if (text === undefined) return;
  context.font = FONT.replace("12px", "600 10.5px");
  context.textBaseline = "middle";
  const width = context.measureText(text).width;
  context.fillStyle = frame.palette["lane-loop"];
  context.fillRect(from + 10, y - 6, width + 10, 13);
  context.fillStyle = frame.palette.bad;
  context.fillText(text, from + 15, y + 1);
}
