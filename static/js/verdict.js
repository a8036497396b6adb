import { fill, h } from "./dom.js";
import { duration, shortName, splitError } from "./format.js";
import { showRoute } from "./route.js";
import { alike } from "./runs.js";
import { treeOf } from "./select.js";
/** @import { Answers, Finding, RunDocument, Span, Thread } from "./types.js" */

/**
 * The answers of one run, beside the picture. Each of them points at its bars.
 *
 * @typedef {object} Evidence how the verdict reads the run's spans
 * @property {RunDocument} run
 * @property {(id: number | null) => Span | undefined} span
 * @property {(span: Span | undefined) => Thread | undefined} thread
 * @property {(spans: Span[]) => void} point highlights these bars; none: all
 */

/** @param {HTMLElement} element @param {Evidence} evidence */
export function showVerdict(element, evidence) {
  const { verdict, findings } = evidence.run;
  fill(
    element,
    verdict.error !== null && errorNote(verdict.error, evidence),
    (verdict.notes ?? []).map((note) => h("p", { class: "note" }, note)),
    alike(verdict.receivers).map((calls) => receiverCard(calls, evidence)),
    findings.length > 0 && findingsList(findings, evidence),
  );
}

/** @param {string} error @param {Evidence} evidence */
function errorNote(error, evidence) {
  const [type, message] = splitError(error);
  const refused = evidence.run.verdict.receivers.length === 0;
  const failed = evidence.run.spans.filter((one) => one.outcome === "error").map((one) => one.id);
  return h(
    "div",
    { class: "refusal" },
    h("h3", {}, refused ? "Django refused" : "The caller got an error"),
    h("p", { class: "error-type" }, h("code", {}, shortName(type))),
    message && h("p", {}, message),
    pointer("Show where it was raised", failed, evidence),
  );
}

/** @param {Answers[]} calls answered alike; the reasons are those of the first @param {Evidence} evidence */
function receiverCard(calls, evidence) {
  const [answers] = calls;
  return h(
    "article",
    { class: `receiver ${answers.is_async ? "async" : "sync"}` },
    h("h3", {}, h("span", { class: "swatch", "aria-hidden": "true" }), shortName(answers.name), h("span", { class: "tag" }, answers.is_async ? "async" : "sync")),
    calls.length > 1 && h("p", { class: "note" }, pointer(`${calls.length} calls`, calls.map(({ span }) => span), evidence), " with the same answers. The first of them:"),
    h("dl", { class: "questions" }, waited(answers, evidence), thread(answers, evidence), connection(answers, evidence), loop(answers, evidence)),
    answers.why && h("p", { class: "why" }, h("strong", {}, "Why there? "), answers.why),
    visibility(answers),
  );
}

/** @param {Answers} answers @param {Evidence} evidence */
function waited(answers, evidence) {
  const receiver = evidence.span(answers.span);
  const time = receiver?.end_ns ? ` ${duration(receiver.end_ns - receiver.start_ns)}` : "";
  const texts = { yes: `Yes,${time || " it did"}.`, no: "No.", unknown: "Unknown." };
  return question("Did the caller wait?", [answer(answers.caller_waited, texts)], answers.reasons?.caller_waited, ["receiver", "caller"], answers, evidence);
}

/** @param {Answers} answers @param {Evidence} evidence */
function thread(answers, evidence) {
  const sender = answer(answers.same_thread_as_sender, { yes: "As the sender: yes.", no: "As the sender: no.", unknown: "As the sender: unknown." });
  const caller = answer(answers.same_thread_as_caller, { yes: "As the caller: yes.", no: "As the caller: no.", unknown: "As the caller: unknown." });
  const threads = route(answers, evidence);
  const reason = threads.childElementCount === 3 ? null : answers.reasons?.same_thread;
  return question("Same thread?", [sender, " ", caller, threads], reason, ["receiver", "dispatch", "caller"], answers, evidence);
}

/** @param {Answers} answers @param {Evidence} evidence */
function route(answers, evidence) {
  const spans = { caller: callerOf(answers, evidence), send: evidence.span(answers.dispatch), receiver: evidence.span(answers.span) };
  return showRoute(Object.entries(spans).map(([name, span]) => [name, evidence.thread(span)]));
}

/** @param {Answers} answers @param {Evidence} evidence */
function connection(answers, evidence) {
  const serial = evidence.span(answers.span)?.connection?.serial;
  const same = answer(answers.same_connection, {
    yes: `Connection ${serial ?? ""}, yes.`.replace(" ,", ","),
    no: serial === undefined ? "Another connection." : `Another connection, ${serial}.`,
    unknown: "No connection to compare.",
  });
  const transaction = answer(answers.same_transaction, { yes: "Same transaction.", no: "Not in its transaction.", unknown: "No transaction to share." });
  return question("Same connection, same transaction?", [same, " ", transaction], answers.reasons?.same_transaction, ["receiver", "dispatch"], answers, evidence);
}

/** @param {Answers} answers @param {Evidence} evidence */
function loop(answers, evidence) {
  const held = heldNs(evidence.span(answers.span));
  const texts = { yes: "Yes.", no: held ? `No, blocked for ${duration(held)}.` : "No, it was blocked.", unknown: "Does not apply." };
  return question("Was the event loop free?", [answer(answers.event_loop_free, texts, true)], answers.reasons?.event_loop_free, ["receiver"], answers, evidence);
}

/** For how long at a time a receiver itself kept its thread. @param {Span | undefined} receiver */
function heldNs(receiver) {
  if (!receiver?.end_ns) return 0;
  if (!receiver.attributes.is_async) return receiver.end_ns - receiver.start_ns;
  /** @type {[number, number][]} */
  const running = receiver.attributes.running ?? [];
  return Math.max(0, ...running.map(([start, end]) => end - start));
}

/** @param {Answers} answers */
function visibility(answers) {
  const seen = (/** @type {boolean | null} */ value) => (value === null || value === undefined ? "unknown" : value ? "visible" : "not visible");
  return h(
    "p",
    { class: "visibility" },
    "What the caller set: ",
    h("code", {}, "contextvars"), ` ${seen(answers.contextvar_visible)}, `,
    h("code", {}, "threading.local"), ` ${seen(answers.threadlocal_visible)}.`,
  );
}

/** @param {boolean | null} value @param {{yes: string, no: string, unknown: string}} texts @param {boolean} [alarming] a no is bad news */
function answer(value, texts, alarming = false) {
  const kind = value === null || value === undefined ? "unknown" : value ? "yes" : "no";
  return h("strong", { class: `answer ${kind}${alarming && kind === "no" ? " bad" : ""}` }, texts[kind]);
}

/**
 * @param {string} title @param {(Node | string)[]} given @param {string | null | undefined} reason
 * @param {string[]} points which bars prove it @param {Answers} answers @param {Evidence} evidence
 */
function question(title, given, reason, points, answers, evidence) {
  const spans = barsOf(points, answers, evidence);
  const element = h(
    "div",
    { class: "question" },
    h("dt", {}, h("button", { type: "button", class: "ask", title: "Show its bars" }, title)),
    h("dd", {}, given, reason && h("span", { class: "reason" }, reason)),
  );
  pointAt(element, spans, evidence);
  return element;
}

/** @param {HTMLElement} element @param {Span[]} spans @param {Pick<Evidence, "point">} evidence */
export function pointAt(element, spans, evidence) {
  for (const type of ["pointerenter", "focusin"]) element.addEventListener(type, () => evidence.point(spans));
  for (const type of ["pointerleave", "focusout"]) element.addEventListener(type, () => evidence.point([]));
}

/** @param {string[]} names @param {Answers} answers @param {Evidence} evidence @returns {Span[]} */
function barsOf(names, answers, evidence) {
  const bars = {
    receiver: evidence.span(answers.span),
    dispatch: evidence.span(answers.dispatch),
    caller: callerOf(answers, evidence),
  };
  return names.map((name) => bars[/** @type {keyof typeof bars} */ (name)]).filter((span) => span !== undefined);
}

/** @param {Answers} answers @param {Evidence} evidence */
function callerOf(answers, evidence) {
  const receiver = evidence.span(answers.span);
  return evidence.span(receiver?.attributes.caller ?? null) ?? evidence.span(evidence.run.spans.find((one) => one.kind === "caller")?.id ?? null);
}

/** @param {string} text @param {number[]} ids @param {Evidence} evidence */
function pointer(text, ids, evidence) {
  const spans = ids.map((id) => evidence.span(id)).filter((span) => span !== undefined);
  if (!spans.length) return null;
  const button = h("button", { type: "button", class: "link" }, text);
  pointAt(button, spans, evidence);
  return button;
}

/** @param {Finding[]} findings @param {Evidence} evidence */
function findingsList(findings, evidence) {
  return h(
    "section",
    { class: "findings" },
    h("h3", {}, "Findings"),
    findings.map((finding) => {
      const element = h(
        "details",
        { class: `finding ${finding.severity}` },
        h("summary", {}, h("code", {}, finding.code), " ", finding.title),
        h("p", {}, finding.explain),
        finding.fix && h("p", {}, h("strong", {}, "What to do: "), finding.fix),
      );
      pointAt(element, finding.spans.flatMap((id) => [...treeIfAny(evidence.span(id))]), evidence);
      return element;
    }),
  );
}

/** @param {Span | undefined} span */
function treeIfAny(span) {
  return span ? treeOf(span) : [];
}
