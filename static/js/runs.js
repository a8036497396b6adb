import { fill, h, hidden } from "./dom.js";
import { ago, duration, shortName, splitError, unslug } from "./format.js";
/** @import { Answers, RunSummary } from "./types.js" */

/** The list of latest runs. */

/** @param {HTMLElement} body a tbody @param {RunSummary[]} runs */
export function showRuns(body, runs) {
  fill(body, runs.map(runRow));
}

/** Writes every relative time anew. @param {ParentNode} within */
export function refreshTimes(within = document) {
  for (const time of /** @type {Iterable<HTMLTimeElement>} */ (within.querySelectorAll("time[datetime]"))) {
    time.textContent = ago(new Date(time.dateTime));
  }
}

/** @param {RunSummary} run */
function runRow(run) {
  const { caller, way, receivers, atomic, concurrency = 1 } = run.experiment;
  const started = new Date(run.started_at);
  return h(
    "tr",
    { class: run.error ? "failed" : "" },
    h("td", { class: "when" }, h("time", { datetime: run.started_at, title: started.toLocaleString() }, ago(started))),
    h("td", { class: "what" }, h("a", { href: run.url }, unslug(caller), " · ", h("span", { class: "way" }, way), " · ", receivers, atomic && " · atomic", concurrency > 1 && ` · ${concurrency} at once`)),
    h("td", { class: "outcome" }, outcome(run)),
    h("td", { class: "took" }, run.duration_ms === null ? "" : duration(run.duration_ms * 1e6)),
  );
}

/** @param {RunSummary} run */
function outcome(run) {
  const answers = alike(run.receivers).map(receiverAnswers);
  const error = run.error && h("span", { class: "error", title: run.error }, run.receivers.length ? shortName(splitError(run.error)[0]) : `refused: ${shortName(splitError(run.error)[0])}`);
  return [...answers, error, !answers.length && !error && h("span", { class: "silent" }, "no receiver ran")];
}

/** Calls of one receiver to which all questions were answered alike stand together. @param {Answers[]} receivers @returns {Answers[][]} */
export function alike(receivers) {
  const groups = new Map();
  for (const answers of receivers) {
    const values = Object.values(answers).filter((value) => value === null || typeof value === "boolean");
    const key = JSON.stringify([answers.name, answers.signal, values]);
    groups.set(key, [...(groups.get(key) ?? []), answers]);
  }
  return [...groups.values()];
}

/** Three lamps for calls that were answered alike. @param {Answers[]} calls */
function receiverAnswers(calls) {
  const [answers] = calls;
  return h(
    "span",
    { class: `lamps ${answers.is_async ? "async" : "sync"}`, title: shortName(answers.name) },
    h("span", { class: "kind" }, answers.is_async ? "async" : "sync", calls.length > 1 && ` ×${calls.length}`),
    lamp("caller waited", answers.caller_waited, "waits"),
    lamp("same thread as the caller", answers.same_thread_as_caller, "thread"),
    lamp("event loop free", answers.event_loop_free, "loop"),
  );
}

/** @param {string} question @param {boolean | null} value @param {string} word */
function lamp(question, value, word) {
  const text = value === null || value === undefined ? "unknown" : value ? "yes" : "no";
  return h("span", { class: `lamp ${text} ${word}`, title: `${question}: ${text}` }, h("span", { "aria-hidden": "true" }, word), hidden(`${question}: ${text};`));
}
