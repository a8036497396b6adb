import { fill, find, h, hidden } from "../dom.js";
import { CALLER_GROUPS, WAY_GROUPS, inGroups } from "../groups.js";
import { cellContent } from "./cell.js";
import { BASELINE, keyOf } from "./cells.js";
/** @import { Caller, Catalogue, Way } from "../types.js" */
/** @import { Cells } from "./cells.js" */
/** @import { Position, Words } from "./types.js" */
/** @import { View } from "./view.js" */

/**
 * The table: callers down, ways across, in the catalogue's order. It is one stop for the tab key; arrow keys move inside.
 *
 * @typedef {object} Model what is shown in it
 * @property {Cells} cells
 * @property {Words} words
 * @property {View} view
 * @property {(position: Position) => boolean} covers
 * @property {Set<string>} marked keys of cells that differ from the map that this one is compared with
 */
export class Grid {
  #callers;
  #ways;
  /** @type {HTMLButtonElement[][]} by row and column */
  #buttons = [];
  #at = { row: 0, column: 0 };

  /** @param {HTMLTableElement} table @param {Catalogue} catalogue @param {(caller: string, way: string) => void} open @param {(caller: string, way: string) => void} moved */
  constructor(table, { callers, ways }, open, moved) {
    this.#callers = inGroups(callers, CALLER_GROUPS).flatMap(({ members }) => members);
    this.#ways = inGroups(ways, WAY_GROUPS);
    fill(find("thead", table), this.#groupRow(), this.#wayRow());
    fill(find("tbody", table), this.#callers.map((caller, row) => this.#row(caller, row)));
    this.#setStop(0, 0);
    table.addEventListener("click", (event) => this.#withPosition(event, open));
    table.addEventListener("focusin", (event) => this.#withPosition(event, (caller, way, row, column) => {
      this.#setStop(row, column);
      moved(caller, way);
    }));
    table.addEventListener("keydown", (event) => this.#move(event));
  }

  /** @param {Model} model */
  show(model) {
    for (const [row, caller] of this.#callers.entries()) {
      for (const [column, way] of this.#columns.entries()) this.#fillCell(row, column, caller, way, model);
    }
  }

  /** Shows one cell anew, if it is in sight. @param {{caller: string, way: string, receivers: string, atomic: boolean}} cell @param {Model} model */
  showOne(cell, model) {
    const row = this.#callers.findIndex(({ slug }) => slug === cell.caller);
    const column = this.#columns.findIndex(({ slug }) => slug === cell.way);
    if (row < 0 || column < 0 || cell.receivers !== model.view.receivers || cell.atomic !== model.view.atomic) return;
    this.#fillCell(row, column, this.#callers[row], this.#columns[column], model);
  }

  /** Marks the cell that is open, and has it in sight. @param {string} caller @param {string} way @param {boolean} [focus] */
  select(caller, way, focus = false) {
    for (const button of this.#buttons.flat()) button.removeAttribute("aria-current");
    const row = this.#callers.findIndex(({ slug }) => slug === caller);
    const column = this.#columns.findIndex(({ slug }) => slug === way);
    const button = this.#buttons[row]?.[column];
    if (!button) return;
    button.setAttribute("aria-current", "true");
    this.#setStop(row, column);
    if (focus) button.focus();
    else button.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  get #columns() {
    return this.#ways.flatMap(({ members }) => members);
  }

  #groupRow() {
    return h("tr", { class: "groups" }, h("td", { class: "corner" }), this.#ways.map(({ label, members }) => h("th", { scope: "colgroup", colspan: members.length }, label)));
  }

  #wayRow() {
    const ends = new Set(this.#ways.map(({ members }) => members.at(-1)));
    const ways = this.#columns.map((way) => h("th", { scope: "col", class: ends.has(way) ? "way last" : "way", title: `${way.title}: ${way.summary}` }, breakable(way.slug)));
    return h("tr", { class: "ways" }, h("th", { scope: "col", class: "corner" }, h("span", {}, "called from"), hidden(", by way of")), ways);
  }

  /** @param {Caller} caller @param {number} row */
  #row(caller, row) {
    this.#buttons[row] = this.#columns.map(() => h("button", { type: "button", tabindex: "-1" }));
    const cells = this.#columns.map((way, column) => h("td", { class: this.#isLast(way) ? "last" : "" }, this.#buttons[row][column]));
    return h("tr", {}, h("th", { scope: "row", title: caller.summary }, caller.title), cells);
  }

  /** @param {Way} way */
  #isLast(way) {
    return this.#ways.some(({ members }) => members.at(-1) === way);
  }

  /** @param {number} row @param {number} column @param {Caller} caller @param {Way} way @param {Model} model */
  #fillCell(row, column, caller, way, { cells, words, view, marked, covers }) {
    const button = this.#buttons[row][column];
    const position = { caller: caller.slug, way: way.slug, receivers: view.receivers, atomic: view.atomic };
    const cell = cells.get(position);
    const isCovered = covers(position);
    const changed = !isCovered && marked.has(keyOf(position));
    const isBaseline = caller.slug === BASELINE.caller && way.slug === BASELINE.way;
    const isDimmed = cell !== undefined && !isCovered && ((view.differing && !isBaseline && cells.isAsBaseline(cell)) || (view.changed && !changed));
    button.className = [cells.isStale(position) && "stale", isCovered && "covered", changed && "changed", isDimmed && "as-usual", !cell && "unmeasured"].filter(Boolean).join(" ");
    if (!cell) fill(button, hidden("not measured"));
    else if (isCovered) fill(button, h("span", { "aria-hidden": "true" }, "?"), hidden("covered"));
    else if (isDimmed) fill(button, h("span", { "aria-hidden": "true" }, "="), hidden(view.changed && !changed ? "no different in the other map" : "as sync view, save"));
    else fill(button, changed && h("span", { class: "delta", "aria-hidden": "true" }, "Δ"), changed && hidden("Differs. "), cellContent(cell, words));
  }

  /** @param {Event} event @param {(caller: string, way: string, row: number, column: number) => void} act */
  #withPosition(event, act) {
    const button = /** @type {Element} */ (event.target).closest("td button");
    const row = this.#buttons.findIndex((buttons) => buttons.includes(/** @type {HTMLButtonElement} */ (button)));
    if (row < 0) return;
    const column = this.#buttons[row].indexOf(/** @type {HTMLButtonElement} */ (button));
    act(this.#callers[row].slug, this.#columns[column].slug, row, column);
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    if (event.altKey || event.metaKey || !(/** @type {Element} */ (event.target).matches("td button"))) return;
    const [rows, columns] = [this.#buttons.length - 1, this.#columns.length - 1];
    const { row, column } = this.#at;
    const targets = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? rows : row, columns],
      PageUp: [0, column],
      PageDown: [rows, column],
    });
    const target = targets[event.key];
    if (!target) return;
    event.preventDefault();
    this.#buttons[target[0]]?.[target[1]]?.focus();
  }

  /** The one cell that the tab key stops at. @param {number} row @param {number} column */
  #setStop(row, column) {
    this.#buttons[this.#at.row][this.#at.column].tabIndex = -1;
    this.#at = { row, column };
    this.#buttons[row][column].tabIndex = 0;
  }
}

/** A slug that may be broken where its words are. @param {string} slug */
function breakable(slug) {
  return slug.split("_").flatMap((word, at, all) => [word, at < all.length - 1 && "_", at < all.length - 1 && h("wbr")]);
}
