/** @import { Cell, Glance, Position } from "./types.js" */

/** What the map's cells are compared with, as what most people have in mind. */
export const BASELINE = { caller: "sync-view", way: "save" };

/** @param {Position} position */
export function keyOf({ caller, way, receivers, atomic }) {
  return `${caller} ${way} ${receivers} ${atomic}`;
}

/** The cells of one map, by their keys, while some of them may be measured again. */
export class Cells {
  /** @type {Map<string, Cell>} */
  #cells = new Map();
  /** @type {Set<string>} those that are being measured again, and whose new value is not there yet */
  #stale = new Set();

  /** @param {Cell[]} cells */
  set(cells) {
    this.#cells = new Map(cells.map((cell) => [keyOf(cell), cell]));
    this.#stale.clear();
  }

  /** @param {Position} position */
  get(position) {
    return this.#cells.get(keyOf(position));
  }

  /** @param {Position} position */
  isStale(position) {
    return this.#stale.has(keyOf(position));
  }

  /** @param {Record<string, string[]>} only */
  expect(only) {
    this.#stale = new Set([...this.#cells.values()].filter((cell) => isWithin(cell, only)).map(keyOf));
  }

  /** @param {Cell} cell */
  put(cell) {
    this.#cells.set(keyOf(cell), cell);
    this.#stale.delete(keyOf(cell));
  }

  /** Whether a cell looks as that of the baseline, with the same receivers and transaction; unknown counts as not. @param {Cell} cell */
  isAsBaseline(cell) {
    const baseline = this.get({ ...cell, ...BASELINE });
    return baseline !== undefined && alike(cell.glance, baseline.glance);
  }
}

/** @param {Glance} one @param {Glance} other */
function alike(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @param {Position} cell @param {Record<string, string[]>} only */
function isWithin({ caller, way, receivers, atomic }, only) {
  const own = /** @type {Record<string, string>} */ ({ caller, way, receivers, atomic: atomic ? "on" : "off" });
  return Object.entries(only).every(([key, words]) => words.includes(own[key]));
}
