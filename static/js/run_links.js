import { laboratoryUrl } from "./asked_for.js";
import { fill, h } from "./dom.js";
import { cellUrl } from "./map/view.js";
/** @import { Catalogue, Experiment, RunDocument } from "./types.js" */

/** Where a run can be found again, and the like of it: its page, its document, the laboratory, the map. */
export class RunLinks {
  #element;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  clear() {
    fill(this.#element);
  }

  /** @param {RunDocument} run @param {Catalogue} catalogue */
  show({ id, url, experiment }, catalogue) {
    const isOnItsPage = location.pathname === url;
    // What a claim has run may be known to nobody else.
    const isKnown = catalogue.ways.some(({ slug }) => slug === experiment.way);
    const copy = h("button", { type: "button", class: "link" }, "Copy link");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(new URL(url, location.href).href);
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy link"), 1_500);
    });
    fill(
      this.#element,
      !isOnItsPage && h("a", { href: url }, "Permalink"),
      navigator.clipboard && copy,
      isOnItsPage && isKnown && h("a", { href: laboratoryUrl(experiment), title: "The same in the laboratory" }, "Laboratory"),
      isKnown && isCell(experiment) && h("a", { href: cellUrl(experiment), title: "The same in the map" }, "Map"),
      h("a", { href: `/runs/${id}.json`, download: `run-${id}.json` }, "JSON"),
    );
  }
}

/** Whether the map has a cell for it. @param {Experiment} experiment */
function isCell({ fail, concurrency = 1 }) {
  return fail === null && concurrency === 1;
}
