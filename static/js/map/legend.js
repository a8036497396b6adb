import { fill, h } from "../dom.js";
/** @import { Child } from "../dom.js" */
/** @import { Words } from "./types.js" */

/** What the signs in the cells mean. @param {HTMLElement} element @param {Words} words */
export function showLegend(element, { places, answers }) {
  fill(
    element,
    h(
      "dl",
      {},
      Object.entries(places).map(([place, { word, meaning }]) => entry(tile(place, word), meaning)),
      entry(tile("error", "✗ error"), "Django raises an error"),
      entry(tile("silent", "–"), "no signal is sent"),
    ),
    h(
      "dl",
      {},
      h("div", { class: "how" }, h("dt", {}, "Below it:"), h("dd", {}, "five answers, each in its place: a dot (", h("b", {}, "·"), ") for yes, a gap where it does not apply, and")),
      answers.map(({ sign, no, name }) => entry(h("span", { class: `sign no ${name}` }, sign), no)),
    ),
    h(
      "dl",
      {},
      entry([h("span", { class: "kind-sign sync" }), " ", h("span", { class: "kind-sign async" })], "the sync and the async receiver, where both are called"),
      entry("∥", "both ran side by side; without it, one after the other"),
      entry("=", "left out by what is chosen to be shown"),
      entry(h("span", { class: "delta" }, "Δ"), "differs from the map that this one is compared with"),
    ),
  );
}

/** @param {string} place @param {string} word */
function tile(place, word) {
  return h("span", { class: `tile ${place}` }, h("span", { class: "place" }, word));
}

/** @param {Child | Child[]} sign @param {string} meaning */
function entry(sign, meaning) {
  return h("div", {}, h("dt", {}, sign), h("dd", {}, meaning));
}
