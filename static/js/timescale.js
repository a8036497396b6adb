import { scaleLinear } from "d3-scale";
/** @import { Interval } from "./types.js" */

const TICK_EVERY_PX = 96;

/**
 * Two coordinate spaces and the one object that converts between them: server nanoseconds (what spans carry) and canvas pixels.
 */
export class TimeScale {
  #scale = scaleLinear([0, 1e9], [0, 100]);

  /** @returns {Interval} what is in view */
  get view() {
    const [start, end] = this.#scale.domain();
    return { start, end };
  }

  /** @param {Interval} view */
  set view({ start, end }) {
    this.#scale.domain([start, end]);
  }

  /** @param {number} left @param {number} right */
  setRange(left, right) {
    this.#scale.range([left, Math.max(left + 1, right)]);
  }

  get left() {
    return this.#scale.range()[0];
  }

  get right() {
    return this.#scale.range()[1];
  }

  get nsPerPx() {
    const { start, end } = this.view;
    return (end - start) / (this.right - this.left);
  }

  /** @param {number} ns */
  x(ns) {
    return this.#scale(ns);
  }

  /** @param {number} x */
  ns(x) {
    return this.#scale.invert(x);
  }

  /** Round moments in view, counted from `origin`. @param {number} origin */
  ticks(origin) {
    const { start, end } = this.view;
    const count = Math.max(2, Math.floor((this.right - this.left) / TICK_EVERY_PX));
    const ticks = scaleLinear([start - origin, end - origin], [0, 1]).ticks(count);
    return { step: ticks.length > 1 ? ticks[1] - ticks[0] : end - start, ticks };
  }
}
