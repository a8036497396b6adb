import { shortName, splitError } from "./format.js";
import { NOWHERE, picksOf } from "./questions.js";
/** @import { Answers, RunDocument } from "./types.js" */
/** @import { Prediction, ReceiverKind, Topic } from "./questions.js" */

/**
 * Predictions against what a run has answered. Everything here is pure; what is true is the document's to say.
 *
 * @typedef {object} Judgement
 * @property {ReceiverKind} kind
 * @property {Topic} topic
 * @property {string} pick
 * @property {string[]} truths the choices that are right; none: there is no answer
 * @property {"right" | "wrong" | "unscored"} result
 * @property {string} reason
 * @property {number[]} spans the receiver's calls
 */

/** @param {Prediction} prediction @param {RunDocument} run @returns {Judgement[]} */
export function judge(prediction, run) {
  return picksOf(prediction).map(({ kind, topic, pick }) => {
    const calls = run.verdict.receivers.filter(({ is_async }) => is_async === (kind === "async"));
    const { truths, result, reason } = calls.length ? judgeCalls(topic, pick, calls, run) : judgeAbsence(topic, pick, run);
    return { kind, topic, pick, truths, result, reason, spans: calls.map(({ span }) => span) };
  });
}

/**
 * One receiver may have been called several times, by callers at once or for signals that are sent twice.
 * @param {Topic} topic @param {string} pick @param {Answers[]} calls @param {RunDocument} run
 * @returns {Pick<Judgement, "truths" | "result" | "reason">}
 */
function judgeCalls(topic, pick, calls, run) {
  const known = calls.map((answers) => truthsOf(topic, answers, run)).filter(({ length }) => length);
  const truths = [...new Set(known.flat())];
  const right = known.filter((one) => one.includes(pick)).length;
  if (!known.length) return { truths, result: "unscored", reason: "This run cannot tell." };
  if (right && right < known.length) return { truths, result: "unscored", reason: `It holds for ${right} of ${known.length} calls.` };
  return { truths, result: right ? "right" : "wrong", reason: truths.includes("none") ? "No transaction was open where the signal was sent." : reasonOf(topic, calls[0]) };
}

/** @param {Topic} topic @param {string} pick @param {RunDocument} run @returns {Pick<Judgement, "truths" | "result" | "reason">} */
function judgeAbsence(topic, pick, run) {
  if (topic !== "place") return { truths: [], result: "unscored", reason: "It did not run, so there is nothing to answer." };
  return { truths: [NOWHERE], result: pick === NOWHERE ? "right" : "wrong", reason: whyNot(run) };
}

/** Every choice that is right; an answer that cannot be known has none. @param {Topic} topic @param {Answers} answers @param {RunDocument} run */
function truthsOf(topic, answers, run) {
  switch (topic) {
    case "place": return placesOf(answers, run);
    case "waiting": return yesOrNo(answers.caller_waited, []);
    default: return yesOrNo(answers.same_transaction, ["none"]); // null says that none was open where the signal was sent
  }
}

/** @param {boolean | null} value @param {string[]} otherwise */
function yesOrNo(value, otherwise) {
  return value === null ? otherwise : [value ? "yes" : "no"];
}

/** @param {Answers} answers @param {RunDocument} run */
function placesOf(answers, run) {
  const { same_thread_as_sender: sender, same_thread_as_caller: caller } = answers;
  const places = { sender, caller, ...loopOf(answers, run) };
  const named = Object.entries(places).filter(([, here]) => here).map(([place]) => place);
  return named.length ? named : ["worker"];
}

/**
 * A sync receiver that left no loop free was on its thread; an async one is always on one. A loop that was made for the whole of an
 * `asend()` is there already when the signal is sent on it.
 * @param {Answers} answers @param {RunDocument} run
 */
function loopOf(answers, run) {
  const onLoop = answers.is_async || answers.event_loop_free === false;
  const hop = run.spans.find(({ id }) => id === answers.hop);
  const isNew = answers.is_async && hop?.attributes.executor === "new-loop";
  return { "event-loop": onLoop && (!isNew || answers.same_thread_as_sender), "new-loop": isNew };
}

/** @param {Topic} topic @param {Answers} answers */
function reasonOf(topic, { why, reasons }) {
  const { caller_waited, same_transaction } = reasons;
  return { place: why, waiting: caller_waited, transaction: same_transaction }[topic] ?? "";
}

/** @param {RunDocument} run */
function whyNot({ verdict }) {
  if (verdict.error === null) return verdict.notes.join(" ") || "Nothing called it.";
  const [type, message] = splitError(verdict.error);
  return `${shortName(type)}: ${message}`;
}
