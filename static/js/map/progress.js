import { find, h, fill } from "../dom.js";
import { plural } from "../format.js";
/** @import { Measurement } from "./types.js" */

const NEWS_EVERY = 0.25;

/** How far the measurement is: a bar, how much time is left, and a way to end it. */
export class Progress {
  #element = find("#progress");
  #bar = find("#progress progress");
  #text = find("#progress-text");
  #cancel = find("#cancel");
  #said = 0;

  /** @param {() => void} cancel */
  constructor(cancel) {
    this.#cancel.addEventListener("click", cancel);
  }

  /** @param {Measurement} measurement @param {number} done cells */
  show(measurement, done) {
    const { total, state, remaining_s } = measurement;
    const isEnding = state === "ending";
    this.#element.hidden = false;
    this.#cancel.disabled = isEnding;
    this.#bar.max = total;
    if (done) this.#bar.value = done;
    else this.#bar.removeAttribute("value");
    fill(this.#text, isEnding ? "Ending…" : done ? [h("b", {}, done), ` of ${plural(total, "cell")}`, remaining_s !== null && ` · ${remaining(remaining_s)}`] : `Starting ${measurement.server}…`);
    if (done / total >= this.#said + NEWS_EVERY && done < total) {
      this.#said = done / total;
      say(`${done} of ${total} cells measured, ${remaining(remaining_s ?? 0)}.`);
    }
  }

  hide() {
    this.#said = 0;
    this.#element.hidden = true;
  }
}

/** @param {number} seconds */
function remaining(seconds) {
  return seconds < 1 ? "nearly done" : `about ${Math.ceil(seconds)} s to go`;
}

/** For those who don't see the bar. @param {string} text */
export function say(text) {
  find("#said").textContent = text;
}
