import { fill, find } from "./dom.js";
import { judge } from "./judging.js";
import { showJudgements, showPrediction } from "./judgement.js";
import { PredictionForm } from "./prediction_form.js";
import { Score } from "./score.js";
/** @import { Outcome } from "./outcomes.js" */
/** @import { About, Answered } from "./prediction_form.js" */
/** @import { Prediction } from "./questions.js" */
/** @import { Evidence } from "./verdict.js" */

const KEY = "signalbox.predict-first";

/**
 * The mode “Predict first” of a page: its switch, its questions, the judgement and the score. While the questions are open the page has
 * `data-predicting`, and covers what would tell.
 */
export class PredictFirst {
  #switch = /** @type {HTMLInputElement} */ (find("#predict-first"));
  #form = new PredictionForm(find("#prediction"));
  #card = find("#judgement");
  #score = new Score();
  #closed;

  /** @param {{switched: () => void, closed: () => void}} page `closed`: its questions are not open any longer */
  constructor({ switched, closed }) {
    this.#closed = closed;
    this.#switch.checked = sessionStorage.getItem(KEY) === "on";
    this.#switch.disabled = false;
    this.#switch.addEventListener("change", () => {
      sessionStorage.setItem(KEY, this.on ? "on" : "off");
      this.close();
      this.#showScore();
      switched();
    });
    find("#start-over").addEventListener("click", () => this.#startOver());
    this.#showScore();
  }

  get on() {
    return this.#switch.checked;
  }

  /** @param {About} about @param {Answered} answered */
  ask(about, { answer, leave }) {
    const closing = (/** @type {() => void} */ then) => {
      this.close();
      then();
    };
    document.documentElement.dataset.predicting = "";
    this.#form.ask(about, { answer: (prediction) => closing(() => answer(prediction)), leave: () => closing(leave) });
  }

  close() {
    if (!("predicting" in document.documentElement.dataset)) return;
    delete document.documentElement.dataset.predicting;
    this.#form.close();
    this.#closed();
  }

  /** What was predicted, while it is put to the test. @param {Prediction} prediction */
  show(prediction) {
    showPrediction(this.#card, prediction);
    this.#card.hidden = false;
    this.#card.focus({ preventScroll: true });
  }

  /** @param {Prediction} prediction @param {Outcome} outcome @param {Pick<Evidence, "span" | "point">} [evidence] */
  judge(prediction, outcome, evidence) {
    const judgements = judge(prediction, outcome);
    this.#score.take(judgements);
    showJudgements(this.#card, judgements, this.#score, evidence);
    this.#card.hidden = false;
    this.#showScore();
  }

  /** There is nothing to judge. */
  clear() {
    fill(this.#card);
    this.#card.hidden = true;
  }

  #startOver() {
    this.#score.startOver();
    this.#showScore();
    this.#switch.focus();
  }

  #showScore() {
    find("#score").hidden = !this.on;
    find("#score span").textContent = String(this.#score);
    find("#start-over").hidden = !this.#score.judged;
  }
}
