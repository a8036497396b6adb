import { outcomeOfCell } from "../outcomes.js";
import { PredictFirst } from "../predict.js";
import { keyOf } from "./cells.js";
/** @import { Cells } from "./cells.js" */
/** @import { Prediction } from "../questions.js" */
/** @import { Position } from "./types.js" */

/**
 * “Predict first” on the map: each cell is covered until it was predicted, or looked at without.
 *
 * @typedef {object} Page
 * @property {() => void} switched all cells are covered now, or none is
 * @property {(position: Position) => void} uncovered
 * @property {() => void} left the cell that was asked about
 */
export class Cover {
  #cells;
  #page;
  #predict;
  /** @type {Set<string>} keys of cells */
  #uncovered = new Set();
  /** The key of the cell that is open; "" for none. */
  #open = "";

  /** @param {Cells} cells @param {Page} page */
  constructor(cells, page) {
    this.#cells = cells;
    this.#page = page;
    this.#predict = new PredictFirst({ switched: () => this.#switched(), closed: () => {} });
  }

  /** @param {Position} position */
  covers(position) {
    return this.#predict.on && this.#cells.get(position) !== undefined && !this.#uncovered.has(keyOf(position));
  }

  /** Another cell is open now; if it is covered, it is asked about. @param {Position | null} position */
  open(position) {
    const key = position ? keyOf(position) : "";
    if (key === this.#open) return;
    this.#open = key;
    this.#predict.close();
    this.#predict.clear();
    if (position && this.covers(position)) this.#ask(position);
  }

  /** @param {Position} position */
  #ask(position) {
    const about = { receivers: position.receivers, run: "Uncover it", skip: "Just show it" };
    this.#predict.ask(about, { answer: (prediction) => this.#uncover(position, prediction), leave: this.#page.left });
  }

  /** @param {Position} position @param {Prediction | null} prediction */
  #uncover(position, prediction) {
    const cell = this.#cells.get(position);
    this.#uncovered.add(keyOf(position));
    if (cell && prediction) this.#predict.judge(prediction, outcomeOfCell(cell));
    this.#page.uncovered(position);
  }

  #switched() {
    this.#open = "";
    this.#page.switched();
  }
}
