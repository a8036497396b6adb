import { fetchDifferences, postDifferences } from "../api.js";
import { fill, find, h } from "../dom.js";
import { plural, unslug } from "../format.js";
import { FILE, cellUrl } from "./view.js";
/** @import { CellKey, Comparison, Group } from "./types.js" */
/** @import { Difference } from "./details.js" */

/**
 * What differs between the map and another one: the server compares, this lists. Cells that differ are marked; where a difference is
 * opened in the list, those that have it.
 */
export class Comparing {
  #panel = find("#comparison");
  #handlers;
  /** @type {Set<Group>} */
  #open = new Set();
  /** @type {Map<string, Difference[]>} */
  differences = new Map();
  /** @type {Comparison | null} */
  result = null;
  /** @type {File | null} what was chosen last */
  file = null;

  /** @param {{title: (comparison: Comparison) => string, marked: () => void}} handlers what a map is called that is no file; other cells are marked */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** What the other map is called. */
  get title() {
    if (!this.result) return "";
    return this.result.name === FILE ? `the file ${this.file?.name}` : this.#handlers.title(this.result);
  }

  /** Keys of the cells that are marked. */
  get marked() {
    const cells = [...this.#open].flatMap((group) => group.cells);
    return new Set(this.#open.size ? cells.map((cell) => cell.join(" ")) : this.differences.keys());
  }

  clear() {
    this.result = null;
    this.#open.clear();
    this.differences = new Map();
    this.#panel.hidden = true;
  }

  /** Compares with a committed map, or with the file that was chosen. @param {string} map @param {string} other @param {boolean} isFile */
  async compare(map, other, isFile) {
    this.#take(isFile && this.file ? await postDifferences(map, this.file) : await fetchDifferences(map, other));
  }

  /** @param {Comparison} result */
  #take(result) {
    this.result = result;
    this.differences = new Map();
    for (const { cells, ...difference } of result.groups) {
      for (const cell of cells) {
        const key = cell.join(" ");
        this.differences.set(key, [...(this.differences.get(key) ?? []), difference]);
      }
    }
    this.#show(result);
  }

  /** @param {Comparison} result */
  #show(result) {
    const { groups, differing, alone } = result;
    this.#panel.hidden = false;
    find("#comparison-title").textContent = `${differing ? plural(differing, "cell differs", "cells differ") : "No cell differs"} from ${this.title}`;
    find("#comparison-how").hidden = groups.length === 0;
    find("#comparison-alone").textContent = alone ? `Only one of the two maps has ${plural(alone, "other cell")}.` : "";
    fill(find("#comparison-groups"), groups.map((group) => this.#showGroup(group)));
  }

  /** The same difference, and below it each cell that has it. @param {Group} group */
  #showGroup(group) {
    const { what, here, there, cells } = group;
    const list = h("div", { class: "cells" });
    const element = h(
      "details",
      {},
      h("summary", {}, h("span", { class: "what" }, what), ` · here ${here}, there ${there} · `, h("span", { class: "count" }, plural(cells.length, "cell"))),
      list,
    );
    element.addEventListener("toggle", () => {
      if (element.open) this.#open.add(group);
      else this.#open.delete(group);
      fill(list, element.open && byCaller(cells));
      this.#handlers.marked();
    });
    return element;
  }
}

/** @param {CellKey[]} cells */
function byCaller(cells) {
  /** @type {Map<string, CellKey[]>} */
  const callers = new Map();
  for (const cell of cells) callers.set(cell[0], [...(callers.get(cell[0]) ?? []), cell]);
  return [...callers].map(([caller, own]) => h("p", {}, h("strong", {}, unslug(caller)), own.map(cellLink)));
}

/** @param {CellKey} cell */
function cellLink([caller, way, receivers, atomic]) {
  const position = { caller, way, receivers, atomic };
  return h("a", { href: cellUrl(position), dataset: { cell: `${caller}.${way}`, receivers, atomic } }, h("code", {}, way), ` · ${receivers}${atomic ? " · in a transaction" : ""}`);
}
