import { fill, h } from "./dom.js";
import { cellUrl } from "./map/view.js";
/** @import { Experiment, RunDocument } from "./types.js" */

/** Where a run can be found again: its page, its document. */
export class RunLinks {
  #element;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  clear() {
    fill(this.#element);
  }

  /** @param {RunDocument} run */
  show({ id, url, experiment }) {
    const copy = h("button", { type: "button", class: "link" }, "Copy link");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(new URL(url, location.href).href);
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy link"), 1_500);
    });
    fill(
      this.#element,
      location.pathname !== url && h("a", { href: url }, "Permalink"),
      navigator.clipboard && copy,
      isCell(experiment) && h("a", { href: cellUrl(experiment), title: "The same in the map" }, "Map"),
      h("a", { href: `/runs/${id}.json`, download: `run-${id}.json` }, "JSON"),
    );
  }
}

/** Whether the map has a cell for it. @param {Experiment} experiment */
function isCell({ way, fail, concurrency = 1 }) {
  return fail === null && concurrency === 1 && way !== "asend_siblings";
}
