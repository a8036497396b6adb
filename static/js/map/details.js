import { laboratoryUrl } from "../asked_for.js";
import { fill, find, h, hidden } from "../dom.js";
import { shortName, splitError } from "../format.js";
import { answerText } from "./cell.js";
/** @import { Caller, Way } from "../types.js" */
/** @import { AnswerWords, Cell, Mark, Position, Words } from "./types.js" */

/**
 * The cell that is open, in words, below the table.
 *
 * @typedef {object} Shown
 * @property {Position} position
 * @property {Caller} caller
 * @property {Way} way
 * @property {Cell | undefined} cell undefined: not measured
 * @property {Words} words
 * @property {Difference[]} differences
 * @property {string} other the map that it is compared with
 * @property {boolean} canMeasure
 *
 * @typedef {{what: string, here: string, there: string}} Difference
 *
 * @typedef {object} Actions
 * @property {(only: Record<string, string[]>) => void} measure
 * @property {() => void} close
 */
export class Details {
  #element = find("#cell");
  #body = find("#cell-body");
  #actions;

  /** @param {Actions} actions */
  constructor(actions) {
    this.#actions = actions;
    find("#cell-close").addEventListener("click", () => actions.close());
    this.#element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && actions.close());
  }

  get isOpen() {
    return !this.#element.hidden;
  }

  close() {
    this.#element.hidden = true;
  }

  /** @param {Shown} shown */
  show({ position, caller, way, cell, words, differences, other, canMeasure }) {
    const { receivers, atomic } = position;
    this.#element.hidden = false;
    fill(find("#cell-title"), caller.title, " · ", h("code", {}, way.title), ` · ${receivers} receiver${receivers === "both" ? "s" : ""}`, atomic && " · in a transaction");
    fill(
      this.#body,
      cell ? answers(cell, words) : h("p", { class: "note" }, "Not measured yet."),
      differences.length > 0 && differenceList(differences, other),
    );
    fill(find("#cell-links"), this.#links(position, cell, canMeasure));
  }

  /** @param {Position} position @param {Cell | undefined} cell @param {boolean} canMeasure */
  #links(position, cell, canMeasure) {
    const { caller, way, receivers, atomic } = position;
    const only = { caller: [caller], way: [way], receivers: [receivers], atomic: [atomic ? "on" : "off"] };
    return [
      cell?.run && h("a", { href: `/runs/${cell.run}/` }, "Open its run"),
      h("a", { href: laboratoryUrl(position) }, "Run it in the laboratory"),
      h("button", { type: "button", class: "link", disabled: !canMeasure, onclick: () => this.#actions.measure(only) }, cell ? "Measure this cell again" : "Measure this cell"),
      h("button", { type: "button", class: "link", disabled: !canMeasure, onclick: () => this.#actions.measure({ caller: [caller] }) }, "Measure this caller’s cells"),
    ];
  }
}

/** @param {Cell} cell @param {Words} words */
function answers(cell, words) {
  const { error, marks, side_by_side } = cell.glance;
  return [
    error !== null && errorNote(cell.error ?? error, marks.length > 0),
    error === null && marks.length === 0 && h("p", {}, "No receiver was called."),
    cell.notes.map((note) => h("p", { class: "note" }, note)),
    side_by_side && h("p", { class: "note" }, "The sync and the async receiver ran side by side."),
    h("div", { class: "marks" }, marks.map((mark, at) => markCard(mark, cell.whys[at], words))),
  ];
}

/** @param {string} error @param {boolean} afterAll */
function errorNote(error, afterAll) {
  const [type, message] = splitError(error);
  return h("div", { class: "refusal" }, h("h3", {}, afterAll ? "The caller got an error" : "Django refused"), h("p", { class: "error-type" }, h("code", {}, shortName(type))), message && h("p", {}, message));
}

/** @param {Mark} mark @param {string} why @param {Words} words */
function markCard(mark, why, words) {
  const { word, meaning } = words.places[mark.place];
  return h(
    "article",
    { class: mark.kind },
    h("h3", {}, h("span", { class: "swatch", "aria-hidden": "true" }), `${mark.kind} receiver`, h("span", { class: `tile ${mark.place}` }, h("span", { class: "place" }, word))),
    h("p", {}, `It ran ${meaning}.`),
    h("ul", { class: "facts" }, words.answers.map((answer) => fact(answer, mark))),
    h("p", { class: "why" }, h("strong", {}, "Why there? "), why),
  );
}

/** @param {AnswerWords} answer @param {Mark} mark */
function fact(answer, mark) {
  const value = mark[answer.name];
  const kind = value === null ? "unknown" : value ? "yes" : "no";
  return h("li", { class: kind }, h("span", { class: "sign", "aria-hidden": "true" }, value === false ? answer.sign : value ? "·" : ""), answerText(answer, mark));
}

/** @param {Difference[]} differences @param {string} other */
function differenceList(differences, other) {
  return h(
    "table",
    { class: "differences" },
    h("caption", {}, h("span", { class: "delta", "aria-hidden": "true" }, "Δ"), ` What differs from ${other}`),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, hidden("what")), h("th", { scope: "col" }, "here"), h("th", { scope: "col" }, "there"))),
    h("tbody", {}, differences.map(({ what, here, there }) => h("tr", {}, h("th", { scope: "row" }, what), h("td", {}, here), h("td", {}, there)))),
  );
}
