import { beginOf, isExperiment } from "./select.js";
/** @import { Span, Interval } from "./types.js" */
/** @import { SpanStore } from "./store.js" */

const QUIET_NS = 600e6;
const LEAST_NS = 20e6;
const MOST_NS = 30e9;
const PAD_LEFT = 0.025;
const PAD_RIGHT = 0.06;

/**
 * What following shows: everything since the last quiet moment, or since the user pressed a button.
 */
export class Follow {
  /** @type {{start: number, end: number, until: number, awaited: boolean} | null} `awaited`: pressed, and no span seen yet */
  #burst = null;
  /** Also what no experiment did. */
  everything = false;
  #store;
  #now;

  /** @param {SpanStore} store @param {() => number} now */
  constructor(store, now) {
    this.#store = store;
    this.#now = now;
    store.subscribe(({ begun, ended }) => this.#see(begun, ended));
  }

  /** The zero of the time axis. */
  get origin() {
    return this.#burst?.start ?? 0;
  }

  /**
   * A run was asked for. Room is kept for what it will take, so that the bars grow into the picture and the scale holds still.
   * @param {number} expectedNs
   */
  expect(expectedNs) {
    const now = this.#now();
    const busy = this.#burst && (this.#burst.awaited || this.#running().length > 0);
    if (!busy) this.#burst = { start: now, end: now, until: 0, awaited: true };
    if (this.#burst) this.#burst.until = Math.max(this.#burst.until, now + expectedNs);
  }

  /** The run has answered: no room needs keeping. */
  settle() {
    if (this.#burst) this.#burst.until = 0;
  }

  /** @returns {Interval | null} */
  target() {
    if (!this.#burst) return null;
    const { end, until } = this.#burst;
    const last = Math.max(end, until, this.#running().length ? this.#now() : 0);
    const start = Math.max(this.#burst.start, last - MOST_NS);
    const width = Math.max(last - start, LEAST_NS);
    return { start: start - width * PAD_LEFT, end: start + width * (1 + PAD_RIGHT) };
  }

  #running() {
    return [...this.#store.running].filter((span) => this.#counts(span));
  }

  /** What an experiment does; not its request, which lasts until the run is stored, or a connection, which may for hours. @param {Span} span */
  #counts(span) {
    return span.kind !== "request" && (this.everything || isExperiment(span));
  }

  /** What ended before comes first: what begins while it ran belongs to the same burst. @param {Span[]} begun @param {Span[]} ended */
  #see(begun, ended) {
    const fresh = new Set(begun);
    for (const span of ended) {
      if (this.#burst && !fresh.has(span) && this.#counts(span)) this.#burst.end = Math.max(this.#burst.end, span.end_ns ?? 0);
    }
    for (const span of begun.filter((one) => this.#counts(one))) this.#begin(span);
  }

  /** @param {Span} span */
  #begin(span) {
    const burst = this.#burst;
    const others = this.#running().length - (span.end_ns === null ? 1 : 0);
    const start = beginOf(span);
    if (burst?.awaited) Object.assign(burst, { start: Math.min(start, burst.start + QUIET_NS), awaited: false });
    else if (!burst || (others <= 0 && span.start_ns > Math.max(burst.end, burst.until) + QUIET_NS)) {
      this.#burst = { start, end: span.start_ns, until: 0, awaited: false };
    }
    if (this.#burst) this.#burst.end = Math.max(this.#burst.end, span.end_ns ?? span.start_ns);
  }
}
