import { fill, find } from "./dom.js";
import { experimentTitle } from "./format.js";
import { judge } from "./judging.js";
import { showJudgements, showPrediction } from "./judgement.js";
import { outcomeOf } from "./outcomes.js";
import { PredictionForm } from "./prediction_form.js";
import { Score } from "./score.js";
/** @import { Experiment, RunDocument } from "./types.js" */
/** @import { Prediction, ReceiverKind } from "./questions.js" */
/** @import { Evidence } from "./verdict.js" */

const KEY = "signalbox.predict-first";

/**
 * “Predict first”: the questions come before the run, the judgement after it. While they are asked, the page has `data-predicting`, and
 * what would tell is covered.
 */
export class PredictFirst {
  #switch = /** @type {HTMLInputElement} */ (find("#predict-first"));
  #form = new PredictionForm(find("#prediction"));
  #card = find("#judgement");
  #score = new Score();
  #asked;

  /**
   * @param {object} page
   * @param {(on: boolean) => void} page.switched
   * @param {(experiment: Experiment | null) => void} page.asked the questions about it are open now; null: none are
   */
  constructor({ switched, asked }) {
    this.#asked = asked;
    this.#switch.checked = sessionStorage.getItem(KEY) === "on";
    this.#switch.disabled = false;
    this.#switch.addEventListener("change", () => {
      sessionStorage.setItem(KEY, this.on ? "on" : "off");
      this.#close();
      this.#showScore();
      switched(this.on);
    });
    find("#start-over").addEventListener("click", () => this.#startOver());
    this.#showScore();
    switched(this.on);
  }

  get on() {
    return this.#switch.checked;
  }

  /** Asks, if it is to be asked, and runs. @param {Experiment} experiment @param {(prediction: Prediction | null) => void} run */
  before(experiment, run) {
    if (!this.on) {
      run(null);
      return;
    }
    const closing = (/** @type {Prediction | null} */ prediction) => {
      this.#leave();
      run(prediction);
    };
    document.documentElement.dataset.predicting = "";
    this.#asked(experiment);
    this.#form.ask({ what: experimentTitle(experiment), kinds: kindsOf(experiment), run: closing, skip: () => closing(null), leave: () => this.#leave() });
  }

  /** It runs now. @param {Prediction | null} prediction */
  begin(prediction) {
    if (!prediction) return this.clear();
    showPrediction(this.#card, prediction);
    this.#card.hidden = false;
    this.#card.focus({ preventScroll: true });
  }

  /** @param {Prediction} prediction @param {RunDocument} run @param {Evidence} evidence */
  finish(prediction, run, evidence) {
    const judgements = judge(prediction, outcomeOf(run));
    this.#score.take(judgements);
    showJudgements(this.#card, judgements, this.#score, evidence);
    this.#showScore();
  }

  /** There is nothing to judge. */
  clear() {
    fill(this.#card);
    this.#card.hidden = true;
  }

  /** The keyboard goes back to where the questions were asked for. */
  #leave() {
    this.#close();
    find("#experiment button[type=submit]").focus({ preventScroll: true });
  }

  #close() {
    if (!("predicting" in document.documentElement.dataset)) return;
    delete document.documentElement.dataset.predicting;
    this.#form.close();
    this.#asked(null);
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

/** @param {Experiment} experiment @returns {ReceiverKind[]} */
function kindsOf({ receivers }) {
  return receivers === "both" ? ["sync", "async"] : [/** @type {ReceiverKind} */ (receivers)];
}
