/** @import { Experiment } from "./types.js" */

/** How numbers, names and times are written. Everything here is pure. */

const MICRO = 1e3;
const MILLI = 1e6;
const SECOND = 1e9;

/**
 * A duration with the unit and the precision that a person compares by.
 * @param {number} ns
 */
export function duration(ns) {
  if (ns < MICRO) return `${Math.max(0, Math.round(ns))} ns`;
  if (ns < MILLI) return `${trim(ns / MICRO, ns < 10 * MICRO ? 1 : 0)} µs`;
  if (ns < SECOND) return `${trim(ns / MILLI, ns < 10 * MILLI ? 1 : 0)} ms`;
  return `${(ns / SECOND).toFixed(ns < 10 * SECOND ? 2 : 1)} s`;
}

/** @param {number} value @param {number} digits */
function trim(value, digits) {
  return value.toFixed(digits).replace(/\.0$/, "");
}

/** A running duration: one decimal of a second, so that it does not flicker. @param {number} ns */
export function ticking(ns) {
  return `${(Math.max(0, ns) / SECOND).toFixed(1)} s`;
}

/**
 * A tick of the time axis; `step` decides unit and decimals, so that all ticks of one axis agree.
 * @param {number} ns @param {number} step
 */
export function tick(ns, step) {
  if (step >= SECOND / 20) return `${decimals(ns / SECOND, step / SECOND)} s`;
  if (step >= MILLI / 20) return `${decimals(ns / MILLI, step / MILLI)} ms`;
  return `${decimals(ns / MICRO, step / MICRO)} µs`;
}

/** @param {number} value @param {number} step */
function decimals(value, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return (Math.abs(value) < step / 2 ? 0 : value).toFixed(digits);
}

/** The last part of a dotted name. @param {string} name */
export function shortName(name) {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** @param {number} count @param {string} noun @param {string} [nouns] */
export function plural(count, noun, nouns = `${noun}s`) {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** What runs, in one line. @param {Experiment} experiment */
export function experimentTitle({ caller, way, receivers, atomic, fail, concurrency = 1 }) {
  const parts = [unslug(caller), way, receivers, atomic && "atomic", fail && `raises in ${fail}`, concurrency > 1 && `${concurrency} at once`];
  return parts.filter(Boolean).join(" · ");
}

/** @param {string} slug */
export function unslug(slug) {
  return slug.replaceAll("-", " ");
}

/**
 * "now", "12 s", "4 min" ago, then the clock time, then the date.
 * @param {Date} then @param {Date} now
 */
export function ago(then, now = new Date()) {
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds < 2) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  const sameDay = then.toDateString() === now.toDateString();
  return sameDay ? then.toLocaleTimeString([], { timeStyle: "short" }) : then.toLocaleDateString([], { dateStyle: "medium" });
}

/** "ValueError: boom" → ["ValueError", "boom"]. @param {string} error */
export function splitError(error) {
  const at = error.indexOf(": ");
  return at < 0 ? [error, ""] : [error.slice(0, at), error.slice(at + 2)];
}

/** Shortens a name in the middle: threads differ by their ends. @param {string} name @param {number} most */
export function elide(name, most) {
  if (name.length <= most) return name;
  const dash = name.length - name.lastIndexOf("-");
  const tail = dash < 8 ? dash : 6;
  return `${name.slice(0, most - tail - 1)}…${name.slice(-tail)}`;
}
