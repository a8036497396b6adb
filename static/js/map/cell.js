import { h, hidden } from "../dom.js";
import { shortName } from "../format.js";
/** @import { Child } from "../dom.js" */
/** @import { AnswerWords, Cell, Mark, Words } from "./types.js" */

/** One cell of the map: a few signs for the eye, and the same in words for the ear. */

/** @param {Cell} cell @param {Words} words @returns {Child[]} */
export function cellContent(cell, words) {
  const { error, marks, side_by_side } = cell.glance;
  const both = cell.receivers === "both";
  return [
    ...marks.map((mark) => markTile(mark, both, words)),
    side_by_side && h("span", { class: "beside", "aria-hidden": "true" }, "∥"),
    side_by_side && hidden("Both side by side. "),
    error !== null && errorTile(error),
    error === null && marks.length === 0 && h("span", { class: "tile silent", "aria-hidden": "true" }, "–"),
    error === null && marks.length === 0 && hidden("No signal is sent."),
  ];
}

/** @param {Mark} mark @param {boolean} both @param {Words} words */
function markTile(mark, both, words) {
  const { word, meaning } = words.places[mark.place];
  return h(
    "span",
    { class: `tile ${mark.place}` },
    h("span", { class: "place", "aria-hidden": "true" }, word),
    h("span", { class: "answers", "aria-hidden": "true" }, both && h("span", { class: `kind ${mark.kind}` }), words.answers.map((answer) => answerSign(answer, mark))),
    hidden(`${mark.kind} receiver: ${[meaning, ...words.answers.map((answer) => answerText(answer, mark))].join("; ")}. `),
  );
}

/** A sign for no, a dot for yes, a blank for what does not apply: each has its place. @param {AnswerWords} answer @param {Mark} mark */
function answerSign(answer, mark) {
  const value = mark[answer.name];
  return h("span", { class: value === false ? `no ${answer.name}` : "" }, value === false ? answer.sign : value ? "·" : "");
}

/** @param {AnswerWords} answer @param {Mark} mark */
export function answerText(answer, mark) {
  const value = mark[answer.name];
  return value === null ? answer.unknown : value ? answer.yes : answer.no;
}

/** @param {string} error its type */
function errorTile(error) {
  return h("span", { class: "tile error" }, h("span", { class: "place", "aria-hidden": "true" }, "✗ error"), h("span", { class: "type" }, hidden("Error: "), shortName(error)));
}
