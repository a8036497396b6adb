import { Details } from "./details.js";
import { find } from "./dom.js";
import { Focus } from "./focus.js";
import { plural } from "./format.js";
import { bindKeys } from "./keys.js";
import { boxOf } from "./marks.js";
import { Picture } from "./picture.js";
import { downloadPng } from "./png.js";
import { selectSpans } from "./select.js";
import { showTable } from "./table.js";
import { Viewport } from "./viewport.js";
/** @import { Interval, Span } from "./types.js" */
/** @import { SpanStore } from "./store.js" */
/** @import { Frame } from "./picture.js" */

const SETTLED_MS = 250;
const MARK_WITHIN_NS = 2e9;
const MOST_MARKS = 5_000;

/**
 * The picture with all that stands around it: tool bar, details, keyboard, text alternative and table. The laboratory and the page of a
 * stored run differ in where their spans come from, and in what following means.
 *
 * @typedef {object} Source
 * @property {SpanStore} store
 * @property {() => number} now
 * @property {() => Interval | null} target
 * @property {() => number} origin
 * @property {boolean} live
 * @property {() => number | null} silentSince
 */
export class Stage {
  canvas = /** @type {HTMLCanvasElement} */ (find("#lanes"));
  #source;
  #settled = 0;
  #said = find("#said");

  /** @param {Source} source @param {Record<string, () => void>} [commands] more keys */
  constructor(source, commands = {}) {
    this.#source = source;
    const { store, now, origin, live, silentSince } = source;
    this.picture = new Picture(
      { canvas: this.canvas, axis: find("#axis"), labels: find("#lane-labels"), store, now, origin, silentSince, everything: !live },
      (picture) => new Viewport(this.canvas, { target: source.target, changed: () => picture.invalidate() }),
    );
    this.focus = new Focus(this.canvas, this.picture, new Details(find("#details"), this.canvas, store), (text) => this.say(text));
    bindKeys(this.canvas, this.picture, this.focus, find("#help"), commands);
    this.#bindTools();
    this.picture.afterDraw.push(() => this.#afterDraw());
    store.subscribe(() => this.#settle());
    this.#exposeForTests();
  }

  get viewport() {
    return this.picture.viewport;
  }

  /** Tells those who don't see the canvas. @param {string} text */
  say(text) {
    this.#said.textContent = text;
  }

  /** These bars stand out; none: all. @param {Span[]} spans */
  point(spans) {
    this.picture.lit = spans.length ? new Set(spans) : null;
    this.picture.invalidate();
  }

  #bindTools() {
    const click = (/** @type {string} */ selector, /** @type {() => void} */ action) => find(selector).addEventListener("click", action);
    click("#fit", () => this.picture.fit());
    click("#zoom-in", () => this.viewport.zoomBy(0.6));
    click("#zoom-out", () => this.viewport.zoomBy(1 / 0.6));
    click("#png", () => this.#savePng());
    click("#help-button", () => find("#help").showModal());
    this.canvas.addEventListener("dblclick", () => this.picture.fit());
    find("#filter").addEventListener("input", (/** @type {any} */ event) => {
      this.picture.scope = { ...this.picture.scope, text: event.target.value.trim() };
      this.picture.invalidate();
      this.#settle();
    });
  }

  /** Also the signals that no experiment sent. @param {boolean} everything */
  showEverything(everything) {
    this.picture.scope = { ...this.picture.scope, everything };
    this.picture.invalidate();
    this.#settle();
  }

  #savePng() {
    const { frame } = this.picture;
    if (frame) downloadPng(frame, this.canvas.clientWidth, "signalbox.png");
  }

  #afterDraw() {
    document.documentElement.dataset.following = String(this.viewport.following);
    const { view } = this.viewport.scale;
    const shown = `${view.start} ${view.end}`;
    if (shown !== this.#shown && !this.picture.frame?.growing) this.#settle();
    this.#shown = shown;
  }

  #shown = "";

  /** The table and the text alternative follow once things are quiet. */
  #settle() {
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => this.#describe(), SETTLED_MS);
  }

  #describe() {
    const { store, origin } = this.#source;
    const spans = selectSpans(store, this.viewport.scale.view, this.picture.scope);
    showTable(find("#spans tbody"), spans, store, origin());
    find("#spans-count").textContent = plural(spans.length, "span");
    this.canvas.setAttribute("aria-label", this.#alternative(spans));
  }

  /** @param {Span[]} spans */
  #alternative(spans) {
    const lanes = this.picture.lanes().map((lane) => {
      const receivers = lane.rows.flat().filter(({ kind }) => kind === "receiver").length;
      return `${lane.name}${lane.event_loop ? ", event loop" : ""}: ${plural(lane.rows.flat().length, "span")}, ${plural(receivers, "receiver")}`;
    });
    if (!spans.length) return "Timeline of threads. No spans in view.";
    return `Timeline of ${plural(lanes.length, "thread")}. ${lanes.join(". ")}. The table below has the same spans.`;
  }

  /** What was last drawn, for browser tests; and when a receiver was first seen. */
  #exposeForTests() {
    /** @type {any} */ (window).signalbox = { lanes: () => this.picture.lanes() };
    this.#source.store.subscribe(({ begun }) => {
      const receivers = begun.filter((span) => span.kind === "receiver" && !this.#seen.has(span));
      for (const span of receivers) this.#seen.add(span);
      if (this.#source.live) this.#waiting.push(...receivers);
    });
    this.picture.afterDraw.push((frame) => this.#markDrawn(frame));
  }

  /** @type {Span[]} */
  #waiting = [];
  /** @type {WeakSet<Span>} a batch that is sent again begins its spans again */
  #seen = new WeakSet();
  #marks = 0;

  /** @param {Frame} frame */
  #markDrawn(frame) {
    if (!this.#waiting.length) return;
    const now = this.#source.now();
    const drawn = this.#waiting.filter((span) => boxOf(span, frame) !== null);
    this.#waiting = this.#waiting.filter((span) => !drawn.includes(span) && now - span.start_ns < MARK_WITHIN_NS);
    for (const { process, id, start_ns } of drawn) {
      performance.mark("signalbox:drawn", { detail: { process, id, start_ns, latency_ms: (now - start_ns) / 1e6 } });
    }
    this.#marks += drawn.length;
    if (this.#marks < MOST_MARKS) return;
    performance.clearMarks("signalbox:drawn");
    this.#marks = 0;
  }
}
