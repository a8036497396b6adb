import { AXIS_HEIGHT, drawAxis, drawGrid, drawNow } from "./axis.js";
import { drawArrows } from "./arrows.js";
import { drawBars, visibleBox } from "./bars.js";
import { gutterFor, metricsFor, placeLanes } from "./geometry.js";
import { drawHeartbeats, drawSilence } from "./heartbeat.js";
import { drawLabels } from "./labels.js";
import { LaneLabels } from "./lane_labels.js";
import { layoutLanes } from "./layout.js";
import { drawMarks } from "./marks.js";
import { hatch, readPalette } from "./palette.js";
import { isExperiment, selectSpans } from "./select.js";
/** @import { Span, Pause, Interval } from "./types.js" */
/** @import { Lane } from "./layout.js" */
/** @import { SpanStore } from "./store.js" */
/** @import { Viewport } from "./viewport.js" */
/** @import { Geometry, Metrics } from "./geometry.js" */
/** @import { TimeScale } from "./timescale.js" */
/** @import { Palette } from "./palette.js" */

/**
 * Everything that one drawing needs to know.
 *
 * @typedef {object} Frame
 * @property {TimeScale} scale
 * @property {Geometry} geometry
 * @property {Metrics} metrics
 * @property {Palette} palette
 * @property {Patterns} patterns
 * @property {number} now
 * @property {boolean} growing something in view has not ended
 * @property {number | null} silentSince since when nothing was heard of the server, where that is longer than it should be
 * @property {number} origin
 * @property {Set<Span> | null} lit these stand out, all others fade
 * @property {{span: Span, pinned: boolean}[]} marked
 * @property {(lane: string) => Pause[]} pausesOf
 * @property {(lane: Lane, pause: Pause) => Span | undefined} holderOf what held the loop, where that is known
 * @property {(lane: Lane) => boolean} isServerLoop
 *
 * @typedef {{async: CanvasPattern, "async-faint": CanvasPattern}} Patterns stripes for what occupies its thread, and for what is suspended
 *
 * @typedef {{geometry: Geometry, metrics: Metrics, key: string, at: number, count: number}} Layout
 *
 * @typedef {object} Options
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLCanvasElement} axis
 * @property {HTMLElement} labels
 * @property {SpanStore} store
 * @property {() => number} now
 * @property {() => number} origin
 * @property {() => number | null} silentSince
 * @property {boolean} everything also what no experiment did
 */

const RIGHT_PAD = 14;
/** Browsers draw no canvas that is higher, times two for fine screens. */
const HIGHEST = 8_000;
const MANY_SPANS = 3_000;
const LAYOUT_EVERY_MS = 150;

/**
 * The lanes on their canvas: one animation frame at most, and none while nothing changes.
 */
export class Picture {
  /** @type {Viewport} */
  viewport;
  /** @type {import("./select.js").Scope} */
  scope;
  paused = false;
  /** @type {Set<Span> | null} */
  lit = null;
  /** @type {{span: Span, pinned: boolean}[]} */
  marked = [];
  /** @type {Frame | null} what was last drawn */
  frame = null;
  /** @type {((frame: Frame) => void)[]} called after each drawing */
  afterDraw = [];
  #options;
  #laneLabels;
  #requested = 0;
  #lastTime = 0;
  #frozenNow = 0;
  #width = 0;
  /** @type {Layout | null} */
  #layout = null;
  /** @type {{palette: Palette, patterns: Patterns} | null} */
  #look = null;

  /** @param {Options} options @param {(picture: Picture) => Viewport} makeViewport */
  constructor(options, makeViewport) {
    this.#options = options;
    this.scope = { everything: options.everything, text: "" };
    this.#laneLabels = new LaneLabels(options.labels, options.store);
    this.viewport = makeViewport(this);
    options.store.subscribe(() => this.invalidate());
    new ResizeObserver(() => this.#resized()).observe(/** @type {Element} */ (options.canvas.parentElement));
    document.addEventListener("themechange", () => this.restyle());
  }

  invalidate() {
    if (!this.#requested) this.#requested = requestAnimationFrame((time) => this.#tick(time));
  }

  restyle() {
    this.#look = null;
    this.invalidate();
  }

  /** @param {boolean} paused */
  pause(paused) {
    this.#frozenNow = this.#options.now();
    this.paused = paused;
    this.invalidate();
  }

  /** Everything there is, or everything that the filter lets through. */
  fit() {
    const spans = selectSpans(this.#options.store, { start: -Infinity, end: Infinity }, this.scope);
    if (!spans.length) return;
    const start = Math.min(...spans.map((span) => span.start_ns));
    const end = Math.max(...spans.map((span) => span.end_ns ?? this.now));
    const width = Math.max(end - start, 1e5);
    this.viewport.show({ start: start - width * 0.025, end: end + width * 0.06 });
  }

  get now() {
    return this.paused ? this.#frozenNow : this.#options.now();
  }

  /** The layout as last drawn, for tests and for the text alternative. */
  lanes() {
    const frame = this.frame;
    if (!frame) return [];
    return frame.geometry.lanes.map((lane) => ({
      key: lane.key,
      process: lane.thread.process,
      name: lane.thread.name,
      ident: lane.thread.ident,
      event_loop: lane.thread.event_loop,
      rows: lane.placedRows.map((row) => row.spans.flatMap((span) => describe(span, visibleBox(span, row, frame)))),
    }));
  }

  /** @param {number} time */
  #tick(time) {
    this.#requested = 0;
    const moving = this.viewport.step(Math.min(100, time - this.#lastTime));
    this.#lastTime = time;
    if (!this.#width) return;
    this.#relayout(time);
    this.frame = this.#makeFrame();
    this.#draw(this.frame);
    for (const after of this.afterDraw) after(this.frame);
    if (moving || this.frame.growing) this.invalidate();
  }

  /** Something in view has not ended; of a connection that may stay open for hours only its end in view counts. */
  #isGrowing() {
    const { start, end } = this.viewport.scale.view;
    const spans = [...this.#options.store.running];
    const grows = (/** @type {Span} */ { kind, start_ns }) => start_ns <= end && this.now >= start && (kind !== "request" || this.now <= end);
    return spans.some((span) => grows(span) && (this.scope.everything || isExperiment(span)));
  }

  /** With thousands of spans in view the layout lags a little behind the bars' growth. @param {number} time */
  #relayout(time) {
    const { store, canvas } = this.#options;
    const { start, end } = this.viewport.scale.view;
    const key = `${store.version} ${start} ${end} ${this.scope.everything} ${this.scope.text} ${this.#width}`;
    const last = this.#layout;
    if (last?.key === key || (last && last.count > MANY_SPANS && time - last.at < LAYOUT_EVERY_MS)) {
      if (last.key !== key) setTimeout(() => this.invalidate(), LAYOUT_EVERY_MS);
      return;
    }
    const spans = selectSpans(store, { start, end }, this.scope);
    const lanes = layoutLanes(spans, store.threads, store.servers);
    const metrics = metricsFor(this.#width, lanes);
    const geometry = placeLanes(lanes, metrics);
    this.#layout = { geometry, metrics, key, at: time, count: spans.length };
    this.viewport.setRange(geometry.gutter + 8, this.#width - RIGHT_PAD);
    resizeCanvas(canvas, this.#width, Math.min(Math.max(geometry.height, 1), HIGHEST));
    this.#laneLabels.show(geometry, this.#width);
  }

  /** @returns {Frame} */
  #makeFrame() {
    const { store, canvas, origin, silentSince } = this.#options;
    const { geometry, metrics } = /** @type {Layout} */ (this.#layout);
    this.#look ??= makeLook(canvas);
    return {
      ...this.#look,
      scale: this.viewport.scale,
      geometry,
      metrics,
      now: this.now,
      growing: !this.paused && this.#isGrowing(),
      silentSince: silentSince(),
      origin: origin(),
      lit: this.lit?.size ? this.lit : null,
      marked: this.marked,
      pausesOf: (lane) => store.pauses.get(lane) ?? [],
      holderOf: (lane, pause) => store.get(lane.thread.process, pause.span),
      isServerLoop: (lane) => store.isServerLoop(lane.key),
    };
  }

  /** @param {Frame} frame */
  #draw(frame) {
    const { canvas, axis } = this.#options;
    resizeCanvas(axis, this.#width, AXIS_HEIGHT);
    drawAxis(cleared(axis), frame);
    drawLanes(cleared(canvas), frame, this.#width);
  }

  #resized() {
    this.#width = Math.floor(/** @type {Element} */ (this.#options.canvas.parentElement).clientWidth);
    this.viewport.setRange(gutterFor(this.#width) + 8, this.#width - RIGHT_PAD);
    this.invalidate();
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number} width
 */
export function drawLanes(context, frame, width) {
  drawBackgrounds(context, frame, width);
  drawGrid(context, frame);
  context.save();
  context.beginPath();
  context.rect(frame.scale.left - 6, 0, frame.scale.right - frame.scale.left + 12, frame.geometry.height);
  context.clip();
  drawHeartbeats(context, frame);
  drawBars(context, frame);
  drawArrows(context, frame);
  drawLabels(context, frame);
  drawSilence(context, frame);
  drawMarks(context, frame);
  drawNow(context, frame);
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number} width */
function drawBackgrounds(context, frame, width) {
  for (const lane of frame.geometry.lanes) {
    context.fillStyle = frame.palette[lane.thread.event_loop ? "lane-loop" : "lane"];
    context.beginPath();
    context.roundRect(0, lane.y, width, lane.height, 8);
    context.fill();
  }
}

/** @param {HTMLCanvasElement} canvas */
function makeLook(canvas) {
  const palette = readPalette();
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const patterns = {
    async: hatch(context, palette.async, palette["on-async"]),
    "async-faint": hatch(context, palette["async-faint"], palette.async, 0.28),
  };
  return { palette, patterns };
}

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function resizeCanvas(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width === w && canvas.height === h) return;
  canvas.width = w;
  canvas.height = h;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

/** @param {HTMLCanvasElement} canvas */
function cleared(canvas) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const ratio = devicePixelRatio || 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  return context;
}

/** @param {Span} span @param {import("./bars.js").Box | null} box */
function describe(span, box) {
  if (!box) return [];
  const { id, kind, name, start_ns, end_ns } = span;
  return [{ id, kind, name, start_ns, end_ns, is_async: Boolean(span.attributes.is_async), ...box, running: end_ns === null }];
}
