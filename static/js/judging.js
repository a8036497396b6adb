import { NOWHERE, picksOf } from "./questions.js";
/** @import { Call, Outcome } from "./outcomes.js" */
/** @import { Prediction, ReceiverKind, Topic } from "./questions.js" */

/**
 * Predictions against what came of a run. Everything here is pure; what is true is the outcome's to say.
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

/** @param {Prediction} prediction @param {Outcome} outcome @returns {Judgement[]} */
export function judge(prediction, outcome) {
  return picksOf(prediction).map(({ kind, topic, pick }) => {
    const calls = outcome.calls.filter((call) => call.kind === kind);
    const { truths, result, reason } = calls.length ? judgeCalls(topic, pick, calls) : judgeAbsence(topic, pick, outcome.whyNot);
    return { kind, topic, pick, truths, result, reason, spans: calls.flatMap(({ span }) => span ?? []) };
  });
}

/**
 * One receiver may have been called several times, by callers at once or for signals that are sent twice.
 * @param {Topic} topic @param {string} pick @param {Call[]} calls
 * @returns {Pick<Judgement, "truths" | "result" | "reason">}
 */
function judgeCalls(topic, pick, calls) {
  const known = calls.map((call) => call.truths[topic]).filter(({ length }) => length);
  const truths = [...new Set(known.flat())];
  const right = known.filter((one) => one.includes(pick)).length;
  if (!known.length) return { truths, result: "unscored", reason: "This run cannot tell." };
  if (right && right < known.length) return { truths, result: "unscored", reason: `It holds for ${right} of ${known.length} calls.` };
  return { truths, result: right ? "right" : "wrong", reason: calls[0].reasons[topic] };
}

/** @param {Topic} topic @param {string} pick @param {string} whyNot @returns {Pick<Judgement, "truths" | "result" | "reason">} */
function judgeAbsence(topic, pick, whyNot) {
  if (topic !== "place") return { truths: [], result: "unscored", reason: "It did not run, so there is nothing to answer." };
  return { truths: [NOWHERE], result: pick === NOWHERE ? "right" : "wrong", reason: whyNot };
}
