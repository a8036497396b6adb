import { scaleLinear } from "d3-scale";
/** @import { Interval } from "./types.js" */

const TICK_EVERY_PX = 96;

/**
 * Two coordinate spaces and the one object that converts between them: server nanoseconds (what spans carry) and canvas pixels.
 * Converting is done for every bar of every frame, so it is one multiplication; d3-scale finds the round ticks.
 */
export class TimeScale {
  left = 0;
  right = 100;
  #start = 0;
  #end = 1e9;
  #pxPerNs = 100 / 1e9;

  /** @returns {Interval} what is in view */
  get view() {
    return { start: this.#start, end: this.#end };
  }

  /** @param {Interval} view */
  set view({ start, end }) {
    this.#start = start;
    this.#end = end;
    this.#measure();
  }

  /** @param {number} left @param {number} right */
  setRange(left, right) {
    this.left = left;
    this.right = Math.max(left + 1, right);
    this.#measure();
  }

  get nsPerPx() {
    return 1 / this.#pxPerNs;
  }

  /** @param {number} ns */
  x(ns) {
    return this.left + (ns - this.#start) * this.#pxPerNs;
  }

  /** @param {number} x */
  ns(x) {
    return this.#start + (x - this.left) / this.#pxPerNs;
  }

  /** Round moments in view, counted from `origin`. @param {number} origin */
  ticks(origin) {
    const count = Math.max(2, Math.floor((this.right - this.left) / TICK_EVERY_PX));
    const ticks = scaleLinear([this.#start - origin, this.#end - origin], [0, 1]).ticks(count);
    return { step: ticks.length > 1 ? ticks[1] - ticks[0] : this.#end - this.#start, ticks };
  }

  #measure() {
    this.#pxPerNs = (this.right - this.left) / (this.#end - this.#start);
  }
}
