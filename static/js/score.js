/** @import { Judgement } from "./judging.js" */

const KEY = "signalbox.score";

/** The score of a sitting: it lasts as long as the tab, and stays in it. */
export class Score {
  right = 0;
  judged = 0;
  /** How many were right since the last wrong one. */
  row = 0;

  constructor() {
    const kept = (sessionStorage.getItem(KEY) ?? "").split(" ").map(Number);
    if (kept.length === 3 && kept.every(Number.isSafeInteger)) [this.right, this.judged, this.row] = kept;
  }

  /** What could not be judged leaves the score as it is. @param {Judgement[]} judgements */
  take(judgements) {
    for (const { result } of judgements) {
      if (result === "unscored") continue;
      this.judged += 1;
      this.right += Number(result === "right");
      this.row = result === "right" ? this.row + 1 : 0;
    }
    this.#keep();
  }

  startOver() {
    [this.right, this.judged, this.row] = [0, 0, 0];
    this.#keep();
  }

  toString() {
    if (!this.judged) return "no prediction yet";
    const row = this.row > 1 ? ` · ${this.row} in a row` : "";
    return `${this.right} of ${this.judged} right${row}`;
  }

  #keep() {
    sessionStorage.setItem(KEY, [this.right, this.judged, this.row].join(" "));
  }
}
