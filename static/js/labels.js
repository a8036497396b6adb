import { duration, plural, shortName, splitError, ticking } from "./format.js";
import { runningParts, visibleBox } from "./bars.js";
import { executorOf, queuedOf } from "./hops.js";
/** @import { Span } from "./types.js" */
/** @import { Box } from "./bars.js" */
/** @import { Frame } from "./picture.js" */

/**
 * The texts on and beside the bars. The font has one width for all characters, so what fits is arithmetic.
 */
export const FONT = '12px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const SMALL_FONT = FONT.replace("12px", "10.5px");
const CHARACTER = 7.23;
const SMALL_CHARACTER = 6.33;
const INSIDE_FROM_PX = 50;
const PAD = 8;

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawLabels(context, frame) {
  if (!frame.metrics.text) return;
  context.textBaseline = "middle";
  for (const lane of frame.geometry.lanes) {
    for (const row of lane.placedRows) {
      row.spans.forEach((span, at) => {
        const box = visibleBox(span, row, frame);
        if (!box) return;
        const next = row.spans[at + 1];
        const previous = row.spans[at - 1];
        drawLabel(context, frame, span, box, {
          left: previous ? frame.scale.x(previous.end_ns ?? frame.now) : frame.scale.left,
          right: next ? frame.scale.x(next.start_ns) : frame.scale.right,
        });
      });
    }
  }
}

/**
 * Inside the bar as much as fits, but at least the name; else beside it where its neighbours leave room; else the name's beginning.
 *
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Span} span @param {Box} box
 * @param {{left: number, right: number}} free where the row's neighbours leave off
 */
function drawLabel(context, frame, span, box, free) {
  const small = box.height < 16;
  const character = small ? SMALL_CHARACTER : CHARACTER;
  const texts = labelOf(span, frame);
  const width = (/** @type {string[]} */ text) => text.filter(Boolean).join(" ").length * character;
  const left = Math.max(box.x, frame.scale.left);
  const right = Math.min(box.x + box.width, frame.scale.right);
  const fitting = texts.find((text) => width(text) <= right - left - PAD * 2);
  const y = box.y + box.height / 2 + 0.5;
  context.font = small ? SMALL_FONT : FONT;
  context.globalAlpha = frame.lit && !frame.lit.has(span) ? 0.35 : 1;
  const on = whatIsUnder(span, frame, left + PAD, fitting ? width(fitting) : right - left);
  if (fitting) write(context, frame, left + PAD, y, fitting, on);
  else if (free.right - right - PAD * 2 >= width(texts[0])) write(context, frame, right + PAD, y, texts[0], BESIDE);
  else if (left - free.left - PAD * 2 >= width(texts[0])) write(context, frame, left - PAD - width(texts[0]), y, texts[0], BESIDE);
  else if (right - left >= INSIDE_FROM_PX) write(context, frame, left + PAD, y, [cut(texts[0][0], (right - left - PAD * 2) / character), ""], on);
  context.globalAlpha = 1;
}

const BESIDE = { colour: "ink", halo: false };

/**
 * Dark on light, light on dark, and a halo where the ground is striped.
 * @param {Span} span @param {Frame} frame @param {number} x @param {number} width
 */
function whatIsUnder(span, frame, x, width) {
  if (!span.attributes.is_async) return span.kind === "receiver" ? { colour: "on-sync", halo: false } : BESIDE;
  if (span.kind === "receiver") return { colour: "ink", halo: true };
  const solid = runningParts(span, frame).some(([start, end]) => frame.scale.x(start) <= x + width / 4 && frame.scale.x(end) >= x + (width * 3) / 4);
  return solid ? { colour: "panel", halo: false } : { colour: "ink", halo: true };
}

/** @param {string} text @param {number} characters */
function cut(text, characters) {
  const count = Math.floor(characters);
  return count > 2 ? `${text.slice(0, count - 1)}…` : "";
}

/**
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number} x @param {number} y
 * @param {string[]} text @param {{colour: string, halo: boolean}} ground
 */
function write(context, frame, x, y, [main, more], { colour, halo }) {
  if (halo) {
    context.setLineDash([]);
    context.strokeStyle = frame.palette.panel;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(more ? `${main} ${more}` : main, x, y);
  }
  context.fillStyle = frame.palette[colour];
  context.fillText(main, x, y);
  if (!more) return;
  context.fillStyle = frame.palette[colour === "ink" ? "dim" : colour];
  context.fillText(more, x + context.measureText(`${main} `).width, y);
}

/**
 * What it is, and what else to know: the longest wording first.
 * @param {Span} span @param {Frame} frame @returns {string[][]}
 */
function labelOf(span, frame) {
  const name = span.kind === "receiver" || span.kind === "caller" ? shortName(span.name) : span.name;
  const failed = span.error ? `· ${shortName(splitError(span.error)[0])}` : "";
  const more = span.kind === "receiver" ? timesOf(span, frame) : [furtherOf(span)];
  return [...more.map((text) => [name, [text, failed].filter(Boolean).join(" ")]), [name, failed], [name, ""]];
}

/** @param {Span} span @param {Frame} frame */
function timesOf(span, frame) {
  const time = span.outcome === "unfinished" ? "unfinished" : span.end_ns === null ? ticking(frame.now - span.start_ns) : duration(span.end_ns - span.start_ns);
  return [`· ${span.attributes.is_async ? "async" : "sync"} · ${time}`, `· ${time}`];
}

/** @param {Span} span */
function furtherOf(span) {
  if (span.kind === "request") return span.attributes.status ? `· ${span.attributes.status}` : "";
  if (span.kind === "dispatch") return receiversOf(span);
  if (span.kind === "hop") return [executorOf(span), queuedOf(span) && `queued ${queuedOf(span)}`].flatMap((text) => (text ? [`· ${text}`] : [])).join(" ");
  return span.kind === "caller" && mostlySuspended(span) ? "· suspended" : "";
}

/** @param {Span} span */
function receiversOf(span) {
  const { sync = 0, async: asynchronous = 0 } = span.attributes.receivers ?? {};
  const count = sync + asynchronous;
  return count ? `· ${plural(count, "receiver")}` : "";
}

/** @param {Span} span */
function mostlySuspended(span) {
  if (!span.attributes.is_async || span.end_ns === null || !span.attributes.running) return false;
  const ran = span.attributes.running.reduce((/** @type {number} */ sum, /** @type {number[]} */ [start, end]) => sum + end - start, 0);
  return ran < (span.end_ns - span.start_ns) / 2;
}
