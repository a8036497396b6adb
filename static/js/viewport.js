import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { TimeScale } from "./timescale.js";
/** @import { Interval } from "./types.js" */

const SECOND = 1e9;
const NARROWEST_NS = 5e3;
const WIDEST_NS = 3_600 * SECOND;
const EASE_MS = 70;

/**
 * Which interval of time the canvas shows, and who decides it: the user (drag, wheel, keys) or, while it follows, the latest run.
 */
export class Viewport {
  scale = new TimeScale();
  following = true;
  /** @type {Interval | null} where the view is moving to while it doesn't follow */
  #goal = null;
  #placed = false;
  #canvas;
  #target;
  #changed;
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{target: () => Interval | null, changed: () => void}} options `target` is what following shows; `changed` asks for a frame
   */
  constructor(canvas, { target, changed }) {
    this.#canvas = canvas;
    this.#target = target;
    this.#changed = changed;
    this.#listen();
  }

  /** @param {number} left @param {number} right */
  setRange(left, right) {
    this.scale.setRange(left, right);
    this.#remember();
  }

  /** @param {boolean} following */
  follow(following) {
    this.following = following;
    if (following) this.#goal = null;
    this.#changed();
  }

  /** Moves there and stays. @param {Interval} interval */
  show(interval) {
    this.following = false;
    this.#goal = interval;
    this.#changed();
  }

  /** @param {number} factor below 1 shows less time @param {number} [at] the moment that stays where it is */
  zoomBy(factor, at) {
    const { start, end } = this.#goal ?? this.scale.view;
    const middle = at ?? (start + end) / 2;
    const width = clamp((end - start) * factor, NARROWEST_NS, WIDEST_NS);
    const share = (middle - start) / (end - start);
    this.show({ start: middle - share * width, end: middle + (1 - share) * width });
  }

  /** @param {number} share of the width */
  panBy(share) {
    const { start, end } = this.#goal ?? this.scale.view;
    const by = (end - start) * share;
    this.show({ start: start + by, end: end + by });
  }

  /**
   * One animation frame.
   * @param {number} ms since the last one
   * @returns {boolean} whether another one is needed to arrive
   */
  step(ms) {
    const goal = this.following ? this.#target() : this.#goal;
    if (!goal) return false;
    const view = this.scale.view;
    const apart = !this.#placed || goal.start > view.end || goal.end < view.start;
    const share = apart || this.#calm.matches ? 1 : 1 - Math.exp(-ms / EASE_MS);
    this.#place({ start: view.start + (goal.start - view.start) * share, end: view.end + (goal.end - view.end) * share });
    if (!this.#arrived(goal)) return true;
    if (share < 1) this.#place(goal);
    this.#goal = null;
    return false;
  }

  /** @param {Interval} goal */
  #arrived(goal) {
    const { start, end } = this.scale.view;
    const px = this.scale.nsPerPx;
    return Math.abs(start - goal.start) < px / 2 && Math.abs(end - goal.end) < px / 2;
  }

  /** @param {Interval} view */
  #place(view) {
    this.scale.view = view;
    this.#placed = true;
    this.#remember();
  }

  #listen() {
    /** @type {import("d3-zoom").ZoomBehavior<HTMLCanvasElement, unknown>} */
    const behaviour = zoom();
    behaviour
      .scaleExtent([SECOND / WIDEST_NS, SECOND / NARROWEST_NS])
      .filter((event) => !event.button && (event.type !== "wheel" || this.#zoomsWith(event)))
      .on("zoom", (event) => event.sourceEvent && this.#takeOver(event.transform));
    select(this.#canvas).call(behaviour).on("dblclick.zoom", null);
    this.#canvas.addEventListener("wheel", (event) => this.#wheelPans(event), { passive: false });
  }

  /** The page keeps its scrolling until the canvas has been clicked. @param {WheelEvent} event */
  #zoomsWith(event) {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    return event.ctrlKey || event.metaKey || (document.activeElement === this.#canvas && !sideways);
  }

  /** @param {WheelEvent} event */
  #wheelPans(event) {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
    if (!sideways || event.ctrlKey) return;
    event.preventDefault();
    this.panBy(sideways / (this.scale.right - this.scale.left));
  }

  /** d3-zoom's transform is relative to a fixed scale of one second to the width; this is the view it stands for. @param {{k: number, x: number}} transform */
  #takeOver({ k, x }) {
    this.following = false;
    this.#goal = null;
    const { left, right } = this.scale;
    const nsPerPx = SECOND / (right - left) / k;
    const start = this.#origin + (left - x - k * left) * nsPerPx;
    this.scale.view = { start, end: start + SECOND / k };
    this.#changed();
  }

  /** The same the other way, so that the next gesture begins where the view is. */
  #remember() {
    if (!this.#placed) return;
    const { left, right } = this.scale;
    const { start, end } = this.scale.view;
    this.#origin ||= start;
    const k = SECOND / (end - start);
    const fixed = left + ((start - this.#origin) / SECOND) * (right - left);
    /** @type {any} */ (this.#canvas).__zoom = zoomIdentity.translate(left - k * fixed, 0).scale(k);
  }

  #origin = 0;
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
