/** @import { Span, Interval } from "./types.js" */
/** @import { Lane } from "./layout.js" */

/**
 * Where lanes and rows lie from top to bottom. Pure; pixels only enter here.
 *
 * @typedef {{y: number, height: number, spans: Span[]}} Row
 * @typedef {Lane & {y: number, height: number, group: boolean, rows: Span[][], placedRows: Row[]}} PlacedLane
 * @typedef {{lanes: PlacedLane[], height: number, gutter: number}} Geometry
 *
 * @typedef {{gutter: number, header: number, least: number, bars: Record<string, number>, gap: number, text: boolean}} Metrics
 */
const BARS = { request: 14, hop: 12, caller: 22, step: 22, dispatch: 22, receiver: 28 };
const COMPACT_BARS = { request: 6, hop: 4, caller: 10, step: 8, dispatch: 8, receiver: 12 };
const TINY_BARS = { request: 2, hop: 2, caller: 4, step: 3, dispatch: 3, receiver: 5 };

const NARROW_PX = 620;
const GROUP_HEADER = 26;
const LANE_GAP = 8;
const STRIP = 16;
const PAD = 9;

/**
 * Rows get lower where there are many, so that thirty requests at once still fit on one screen.
 * @param {number} width @param {number} rows
 * @returns {Metrics}
 */
export function metricsFor(width, rows) {
  const narrow = width < NARROW_PX;
  const room = narrow ? { gutter: 0, header: 40, least: 0 } : { gutter: 190, header: 0, least: 78 };
  if (rows <= 28) return { ...room, bars: BARS, gap: 5, text: true };
  if (rows <= 80) return { ...room, bars: COMPACT_BARS, gap: 3, text: false };
  return { ...room, bars: TINY_BARS, gap: 1, text: false };
}

/**
 * @param {Lane[]} lanes
 * @param {Metrics} metrics
 * @returns {Geometry}
 */
export function placeLanes(lanes, metrics) {
  let y = 0;
  let process = NaN;
  const placed = lanes.map((lane) => {
    const group = lane.thread.process !== process;
    process = lane.thread.process;
    if (group) y += GROUP_HEADER;
    const at = placeLane(lane, y, metrics, group);
    y += at.height + LANE_GAP;
    return at;
  });
  return { lanes: placed, height: y, gutter: metrics.gutter };
}

/** @param {Lane} lane @param {number} y @param {Metrics} metrics @param {boolean} group @returns {PlacedLane} */
function placeLane(lane, y, metrics, group) {
  let bottom = y + metrics.header + (lane.thread.event_loop ? STRIP : PAD);
  const placedRows = lane.rows.map((spans) => {
    const row = { y: bottom, height: Math.max(...spans.map((span) => metrics.bars[span.kind] ?? BARS.step)), spans };
    bottom += row.height + metrics.gap;
    return row;
  });
  const height = Math.max(metrics.least, bottom - metrics.gap + PAD - y);
  return { ...lane, y, height, group, placedRows };
}

/** Where the heartbeat of an event-loop lane runs. @param {PlacedLane} lane @param {Metrics} metrics */
export function stripY(lane, metrics) {
  return lane.y + metrics.header + 8;
}

/** The bar of a span inside its row: thin kinds sit in the middle. @param {Span} span @param {Row} row @param {Metrics} metrics */
export function barBox(span, row, metrics) {
  const height = Math.min(row.height, metrics.bars[span.kind] ?? row.height);
  return { y: row.y + Math.floor((row.height - height) / 2), height };
}
