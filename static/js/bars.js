import { Batches } from "./batches.js";
import { barHeight } from "./geometry.js";
/** @import { Span } from "./types.js" */
/** @import { Row } from "./geometry.js" */
/** @import { Frame } from "./picture.js" */

/**
 * Bars. Solid: the span occupies its thread. Hollow: it is suspended, its thread is free.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 */
const MERGE_BELOW_PX = 4;
const FADED = 0.2;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawBars(context, frame) {
  const plain = new Batches();
  const lit = new Batches();
  for (const lane of frame.geometry.lanes) {
    for (const row of lane.placedRows) drawRow(row, frame, plain, lit);
  }
  context.globalAlpha = frame.lit ? FADED : 1;
  plain.flush(context);
  context.globalAlpha = 1;
  lit.flush(context);
}

/** @param {Row} row @param {Frame} frame @param {Batches} plain @param {Batches} lit */
function drawRow(row, frame, plain, lit) {
  /** @type {{batches: Batches, span: Span, box: Box} | null} bars too narrow to tell apart, drawn as one */
  let crowd = null;
  for (const span of row.spans) {
    const box = visibleBox(span, row, frame);
    if (!box) continue;
    const batches = frame.lit?.has(span) ? lit : plain;
    if (crowd && box.width < MERGE_BELOW_PX && joins(crowd, batches, span, box)) {
      crowd.box.width = box.x + box.width - crowd.box.x;
      continue;
    }
    if (crowd) drawSolid(crowd.batches, crowd.span, crowd.box, frame);
    crowd = box.width < MERGE_BELOW_PX ? { batches, span, box } : null;
    if (!crowd) drawBar(batches, span, box, frame);
  }
  if (crowd) drawSolid(crowd.batches, crowd.span, crowd.box, frame);
}

/** @param {{batches: Batches, span: Span, box: Box}} crowd @param {Batches} batches @param {Span} span @param {Box} box */
function joins(crowd, batches, span, box) {
  const alike = crowd.span.kind === span.kind && crowd.span.attributes.is_async === span.attributes.is_async;
  return alike && crowd.batches === batches && box.x <= crowd.box.x + crowd.box.width + 1 && !span.error && !crowd.span.error;
}

/**
 * The bar in whole pixels, cut to the canvas; null when out of view.
 * @param {Span} span @param {Row} row @param {Frame} frame
 * @returns {Box | null}
 */
export function visibleBox(span, row, frame) {
  const { scale, now } = frame;
  const left = scale.x(span.start_ns);
  const right = scale.x(span.end_ns ?? now);
  if (right < scale.left || left > scale.right) return null;
  const x = Math.round(Math.max(left, scale.left - 8));
  const width = Math.max(2, Math.round(Math.min(right, scale.right + 8)) - x);
  const height = barHeight(span, row, frame.metrics);
  return { x, y: row.y + Math.floor((row.height - height) / 2), width, height };
}

/** @param {Batches} batches @param {Span} span @param {Box} box @param {Frame} frame */
function drawBar(batches, span, box, frame) {
  if (span.attributes.is_async) drawSuspended(batches, span, box, frame);
  else if (span.kind === "dispatch") drawOutline(batches, span, box, frame);
  else drawSolid(batches, span, box, frame);
  if (span.outcome === "error") drawErrorCap(batches, box, frame);
  if (span.outcome === "unfinished" || span.outcome === "cancelled") drawTornEnd(batches, box, frame);
}

/** @param {Span} span */
function colourName(span) {
  return span.kind === "receiver" ? (span.attributes.is_async ? "async" : "sync") : span.kind;
}

/** One pixel off a bar that is wide enough, so that it does not run into the next. @param {Box} box */
function apart(box) {
  return box.width < 8 ? box : { ...box, width: box.width - 1 };
}

/** Sync callers and steps are solid but subdued: the receiver is what one looks for. @param {Span} span @param {Frame} frame */
function solidName(span, frame) {
  const name = colourName(span);
  const subdued = `${name}-solid`;
  return !span.attributes.is_async && frame.palette[subdued] ? subdued : name;
}

/** @param {Batches} batches @param {Span} span @param {Box} box @param {Frame} frame */
function drawSolid(batches, span, box, frame) {
  const name = solidName(span, frame);
  const paint = name === "async" ? frame.patterns.async : frame.palette[name];
  addRect(batches.path("solid", name, paint), apart(box), radius(span, box));
}

/** @param {Batches} batches @param {Span} span @param {Box} box @param {Frame} frame */
function drawOutline(batches, span, box, frame) {
  const name = colourName(span);
  const inner = { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 };
  const ground = name === "async" ? frame.patterns["async-faint"] : frame.palette[`${name}-faint`];
  addRect(batches.path("ground", name, ground), inner, radius(span, inner));
  addRect(batches.path("outline", name, frame.palette[name], 1.75), inner, radius(span, inner));
}

/** @param {Batches} batches @param {Span} span @param {Box} box @param {Frame} frame */
function drawSuspended(batches, span, box, frame) {
  if (span.kind === "hop") drawThread(batches, box, frame.palette.hop);
  else drawOutline(batches, span, box, frame);
  for (const [start, end] of runningParts(span, frame)) {
    const x = Math.round(Math.max(frame.scale.x(start), box.x));
    const right = Math.round(Math.min(frame.scale.x(end), box.x + box.width));
    if (right >= box.x && x <= box.x + box.width) {
      drawSolid(batches, span, { ...box, x: Math.min(x, box.x + box.width - 3), width: Math.max(3, right - x) }, frame);
    }
  }
}

/**
 * When the coroutine really ran. Not known before it ends: until then only its begin and its growing edge are solid.
 * @param {Span} span @param {Frame} frame
 * @returns {number[][]}
 */
export function runningParts(span, frame) {
  if (span.end_ns !== null) return span.attributes.running ?? [];
  return [[span.start_ns, span.start_ns], [frame.now, frame.now]];
}

/** A suspended hop is a line along the bottom of its row, not a box: nothing runs there. @param {Batches} batches @param {Box} box @param {string} colour */
function drawThread(batches, box, colour) {
  const y = box.y + box.height - 1.5;
  const path = batches.path("outline", "hop thread", colour, 1.5, [3, 3]);
  path.moveTo(box.x, y);
  path.lineTo(box.x + box.width, y);
}

/** @param {Batches} batches @param {Box} box @param {Frame} frame */
function drawErrorCap(batches, box, frame) {
  const width = Math.min(6, box.width);
  addRect(batches.path("mark", "error", frame.palette.bad), { ...box, x: box.x + box.width - width, width }, Math.min(2, width / 2));
}

/** @param {Batches} batches @param {Box} box @param {Frame} frame */
function drawTornEnd(batches, box, frame) {
  const path = batches.path("mark", "torn", frame.palette.dim, 1.5, [2, 2]);
  path.moveTo(box.x + box.width + 0.5, box.y - 2);
  path.lineTo(box.x + box.width + 0.5, box.y + box.height + 2);
}

/** Async is rounder, too: shape as well as colour and stripes. @param {Span} span @param {Box} box */
function radius(span, box) {
  const wanted = span.attributes.is_async && span.kind === "receiver" ? 11 : 4;
  return Math.max(0, Math.min(wanted, box.width / 2, box.height / 2));
}

/** @param {Path2D} path @param {Box} box @param {number} r */
function addRect(path, { x, y, width, height }, r) {
  if (r < 1 || width < 4) path.rect(x, y, Math.max(1, width), Math.max(1, height));
  else path.roundRect(x, y, width, height, r);
}
