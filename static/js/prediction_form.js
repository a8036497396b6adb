import { fill, h } from "./dom.js";
import { NOWHERE, QUESTIONS, questionsFor } from "./questions.js";
/** @import { Choice, Picks, Prediction, Question, ReceiverKind } from "./questions.js" */

/**
 * The questions before a run: lanes to choose from, and two more below them. A digit answers the question in turn and moves on to the
 * next; everything can be pressed, in any order, until all is answered and one goes on.
 *
 * @typedef {object} About what is predicted
 * @property {string} [what] the experiment, in one line
 * @property {string} receivers sync, async or both
 * @property {string} run how its button is called that goes on
 * @property {string} skip and the one that does so without a prediction
 *
 * @typedef {object} Answered
 * @property {(prediction: Prediction | null) => void} answer null: it is not to be predicted
 * @property {() => void} leave neither
 */
export class PredictionForm {
  #element;
  /** @type {About & Answered | null} */
  #asked = null;
  /** @type {ReceiverKind[]} */
  #kinds = [];
  /** @type {Prediction} */
  #prediction = {};
  /** @type {ReceiverKind} whose questions are on the page */
  #kind = "sync";

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {About} about @param {Answered} answered */
  ask(about, answered) {
    this.#asked = { ...about, ...answered };
    this.#kinds = about.receivers === "both" ? ["sync", "async"] : [/** @type {ReceiverKind} */ (about.receivers)];
    this.#prediction = Object.fromEntries(this.#kinds.map((kind) => [kind, {}]));
    this.#element.hidden = false;
    this.#turnTo(this.#open()[0]);
  }

  close() {
    this.#asked = null;
    this.#element.hidden = true;
    fill(this.#element);
  }

  /** All that is to be answered, in turn. @returns {{kind: ReceiverKind, question: Question}[]} */
  #turns() {
    return this.#kinds.flatMap((kind) => questionsFor(this.#picks(kind)).map((question) => ({ kind, question })));
  }

  #open() {
    return this.#turns().filter(({ kind, question }) => !(question.topic in this.#picks(kind)));
  }

  /** @param {ReceiverKind} kind @returns {Picks} */
  #picks(kind) {
    return this.#prediction[kind] ?? {};
  }

  /** @param {Question} question @param {Choice} choice */
  #pick({ topic }, { slug }) {
    const picks = { ...this.#picks(this.#kind), [topic]: slug };
    this.#prediction[this.#kind] = picks.place === NOWHERE ? { place: NOWHERE } : picks;
    this.#turnTo(this.#open()[0]);
  }

  /** Shows a question and gives it the keyboard; when none is open, the button that runs. @param {{kind: ReceiverKind, question: Question} | undefined} turn */
  #turnTo(turn) {
    if (turn) this.#kind = turn.kind;
    this.#show(turn?.question);
    const next = /** @type {HTMLElement} */ (this.#element.querySelector(turn ? "[aria-current=step]" : ".primary"));
    next.focus();
  }

  /** The question before the one in turn. @param {Question | undefined} question */
  #turnBack(question) {
    const turns = this.#turns();
    const at = question ? turns.findIndex((turn) => turn.kind === this.#kind && turn.question === question) : turns.length;
    this.#turnTo(turns[Math.max(0, at - 1)]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#asked || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = this.#element.querySelector("[aria-current=step]");
    const question = QUESTIONS.find(({ topic }) => current?.id === idOf(topic));
    const choice = question?.choices[Number(event.key) - 1];
    if (question && choice) this.#pick(question, choice);
    else if (event.key === "Backspace") this.#turnBack(question);
    else if (event.key === "Escape") this.#asked.leave();
    else return;
    event.preventDefault();
  }

  /** @param {Question | undefined} current */
  #show(current) {
    if (!this.#asked) return;
    const { what, run, skip, answer, leave } = this.#asked;
    const left = this.#open().length;
    fill(
      this.#element,
      h("div", { class: "panel-head" }, h("h2", { id: "prediction-title" }, "Predict first"), h("p", { class: "count" }, left ? `${left} to answer` : "all answered")),
      what && h("p", { class: "what" }, what),
      this.#kinds.length > 1 && h("div", { class: "kinds", role: "group", "aria-label": "Receiver" }, this.#kinds.map((kind) => this.#tab(kind))),
      QUESTIONS.map((question) => this.#group(question, question === current)),
      h(
        "div",
        { class: "actions" },
        h("button", { type: "button", class: "primary", disabled: left > 0, onclick: () => answer(this.#prediction) }, run),
        h("button", { type: "button", class: "link", onclick: () => answer(null) }, skip),
        h("button", { type: "button", class: "link", onclick: leave }, "Not now"),
        h("p", { class: "keys-line" }, h("kbd", {}, "1"), "–", h("kbd", {}, "6"), " answer, ", h("kbd", {}, "⌫"), " back, ", h("kbd", {}, "Esc"), " not now"),
      ),
    );
  }

  /** @param {ReceiverKind} kind */
  #tab(kind) {
    const questions = questionsFor(this.#picks(kind));
    const done = questions.every(({ topic }) => topic in this.#picks(kind));
    const first = () => this.#turnTo({ kind, question: QUESTIONS[0] });
    return h("button", { type: "button", "aria-pressed": String(kind === this.#kind), onclick: first }, `${kind} receiver`, done && " ✓");
  }

  /** @param {Question} question @param {boolean} current */
  #group(question, current) {
    const id = idOf(question.topic);
    const moot = !questionsFor(this.#picks(this.#kind)).includes(question);
    return h(
      "div",
      { id, class: `asked ${question.topic}`, role: "group", tabindex: -1, "aria-labelledby": `${id}-title`, "aria-current": current && "step" },
      h("h3", { id: `${id}-title` }, question.ask(this.#kind)),
      h("div", { class: "choices" }, question.choices.map((choice, at) => this.#choice(question, choice, at + 1, moot))),
    );
  }

  /** @param {Question} question @param {Choice} choice @param {number} digit @param {boolean} moot */
  #choice(question, choice, digit, moot) {
    const { topic } = question;
    const { slug, text, hint } = choice;
    const picked = this.#picks(this.#kind)[topic] === slug;
    return h(
      "button",
      { type: "button", class: `choice ${slug}`, "aria-pressed": String(picked), disabled: moot, onclick: () => this.#pick(question, choice) },
      h("kbd", { "aria-hidden": "true" }, digit),
      h("span", { class: "text" }, text),
      hint && h("span", { class: "hint" }, hint),
      topic === "place" && h("span", { class: "slot", "aria-hidden": "true" }, this.#guesses(slug)),
    );
  }

  /** The bars that were put on this lane. @param {string} slug */
  #guesses(slug) {
    const here = this.#kinds.filter((kind) => this.#picks(kind).place === slug);
    return here.map((kind) => h("span", { class: `guess ${kind}` }, `${kind} receiver`));
  }
}

/** @param {string} topic */
function idOf(topic) {
  return `predict-${topic}`;
}
