/** @import { Span, Interval } from "./types.js" */
/** @import { Lane } from "./layout.js" */

/**
 * Where lanes and rows lie from top to bottom. Pure; pixels only enter here.
 *
 * @typedef {{y: number, height: number, spans: Span[]}} Row
 * @typedef {Lane & {y: number, height: number, group: boolean, rows: Span[][], placedRows: Row[]}} PlacedLane
 *
 * @typedef {object} Geometry
 * @property {PlacedLane[]} lanes
 * @property {number} height
 * @property {number} gutter
 * @property {Map<Span, Row>} rowOf
 * @property {Span[]} crossings spans on another thread than their parent
 *
 * @typedef {object} Metrics
 * @property {number} gutter width of the labels' column; 0: they stand above their lane
 * @property {number} header height of a label above its lane
 * @property {number} least height of a lane
 * @property {Record<string, number>} bars height by kind
 * @property {number} gap between rows
 * @property {number} pad above and below the rows of a lane
 * @property {number} laneGap
 * @property {boolean} text whether there is room for texts on bars
 */
const NARROW_PX = 620;
const GROUP_HEADER = 26;
const STRIP = 16;

/** From generous to dense: for how many rows and lanes, and how high everything is. */
const DENSITIES = [
  {
    rows: 30, lanes: 9, least: 78, gap: 5, pad: 9, laneGap: 8, text: true,
    bars: { request: 15, hop: 15, caller: 22, step: 22, dispatch: 22, receiver: 28 },
  },
  {
    rows: 70, lanes: 18, least: 42, gap: 3, pad: 6, laneGap: 5, text: false,
    bars: { request: 6, hop: 4, caller: 10, step: 8, dispatch: 8, receiver: 12 },
  },
  {
    rows: Infinity, lanes: Infinity, least: 24, gap: 1, pad: 5, laneGap: 3, text: false,
    bars: { request: 2, hop: 2, caller: 4, step: 3, dispatch: 3, receiver: 6 },
  },
];

/**
 * Rows get lower where there are many, so that thirty requests at once can still be looked over.
 * @param {number} width @param {Lane[]} lanes
 * @returns {Metrics}
 */
export function metricsFor(width, lanes) {
  const rows = lanes.reduce((sum, lane) => sum + lane.rows.length, 0);
  const density = DENSITIES.find((one) => rows <= one.rows && lanes.length <= one.lanes) ?? DENSITIES[2];
  return width < NARROW_PX ? { ...density, least: 0, gutter: 0, header: density.text ? 40 : 22 } : { ...density, gutter: gutterFor(width), header: 0 };
}

/** @param {number} width */
export function gutterFor(width) {
  return width < NARROW_PX ? 0 : 190;
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
    y += at.height + metrics.laneGap;
    return at;
  });
  return { lanes: placed, height: y, gutter: metrics.gutter, ...indexRows(placed) };
}

/** @param {PlacedLane[]} lanes */
function indexRows(lanes) {
  /** @type {Map<Span, Row>} */
  const rowOf = new Map();
  const crossings = [];
  for (const lane of lanes) {
    for (const row of lane.placedRows) {
      for (const span of row.spans) {
        rowOf.set(span, row);
        if (span.parentSpan && span.parentSpan.lane !== span.lane) crossings.push(span);
      }
    }
  }
  return { rowOf, crossings };
}

/** @param {Lane} lane @param {number} y @param {Metrics} metrics @param {boolean} group @returns {PlacedLane} */
function placeLane(lane, y, metrics, group) {
  let bottom = y + metrics.header + (lane.thread.event_loop ? STRIP : metrics.pad);
  const placedRows = lane.rows.map((spans) => {
    const row = { y: bottom, height: Math.max(...spans.map((span) => metrics.bars[span.kind] ?? metrics.bars.step)), spans };
    bottom += row.height + metrics.gap;
    return row;
  });
  const height = Math.max(metrics.least, bottom - metrics.gap + metrics.pad - y);
  return { ...lane, y, height, group, placedRows };
}

/** Where the heartbeat of an event-loop lane runs. @param {PlacedLane} lane @param {Metrics} metrics */
export function stripY(lane, metrics) {
  return lane.y + metrics.header + 8;
}

/** How high the bar of a span is in its row. @param {Span} span @param {Row} row @param {Metrics} metrics */
export function barHeight(span, row, metrics) {
  return Math.min(row.height, metrics.bars[span.kind] ?? row.height);
}
