import { shortName, splitError } from "./format.js";
/** @import { Answers, RunDocument } from "./types.js" */
/** @import { Cell } from "./map/types.js" */
/** @import { ReceiverKind, Topic } from "./questions.js" */

/**
 * What came of a run, in the words of the questions: which of their choices are right.
 *
 * @typedef {object} Call of a receiver
 * @property {ReceiverKind} kind
 * @property {Record<Topic, string[]>} truths every choice that is right; none: it cannot be known
 * @property {Record<Topic, string>} reasons
 * @property {number} [span] where the run's spans are at hand
 *
 * @typedef {Pick<Answers, "is_async" | "same_thread_as_sender" | "same_thread_as_caller" | "caller_waited" | "same_transaction" | "event_loop_free" | "why">} Needed
 * @typedef {Needed & Partial<Answers>} Answered
 *
 * @typedef {{calls: Call[], whyNot: string}} Outcome `whyNot`: why a receiver that was not called was not
 */

/** @param {RunDocument} run @returns {Outcome} */
export function outcomeOf(run) {
  const { receivers, error, notes } = run.verdict;
  return { calls: receivers.map((answers) => callOf(answers, isOnNewLoop(answers, run))), whyNot: whyNot(error, notes) };
}

/** Calls that were answered alike are one here, with the first one's reason. @param {Cell} cell of the map @returns {Outcome} */
export function outcomeOfCell({ glance, whys, error, notes }) {
  const calls = glance.marks.map((mark, at) =>
    callOf({ ...mark, is_async: mark.kind === "async", same_thread_as_sender: mark.place === "sender", why: whys[at] }, mark.place === "new-loop"),
  );
  return { calls, whyNot: whyNot(error, notes) };
}

/** @param {Answered} answers @param {boolean} isOnNew @returns {Call} */
function callOf(answers, isOnNew) {
  const { is_async, span, why, reasons, caller_waited, same_transaction } = answers;
  const noTransaction = same_transaction === null;
  return {
    kind: is_async ? "async" : "sync",
    span,
    truths: {
      place: placesOf(answers, isOnNew),
      waiting: caller_waited === null ? [] : [yesOrNo(caller_waited)],
      transaction: [noTransaction ? "none" : yesOrNo(same_transaction)],
    },
    reasons: {
      place: why ?? "",
      waiting: reasons?.caller_waited ?? "",
      transaction: noTransaction ? "No transaction was open where the signal was sent." : (reasons?.same_transaction ?? ""),
    },
  };
}

/** A sync receiver that left no loop free was on its thread; an async one is always on one. @param {Answered} answers @param {boolean} isOnNew */
function placesOf({ is_async, same_thread_as_sender, same_thread_as_caller, event_loop_free }, isOnNew) {
  const onLoop = is_async || event_loop_free === false;
  const places = { sender: same_thread_as_sender, caller: same_thread_as_caller, "event-loop": onLoop && !isOnNew, "new-loop": isOnNew };
  const here = Object.entries(places).filter(([, is]) => is).map(([place]) => place);
  return here.length ? here : ["worker"];
}

/** By the hop that took it there from the thread of the send. @param {Answers} answers @param {RunDocument} run */
function isOnNewLoop({ is_async, same_thread_as_sender, hop }, { spans }) {
  return is_async && !same_thread_as_sender && spans.find(({ id }) => id === hop)?.attributes.executor === "new-loop";
}

/** @param {boolean} value */
function yesOrNo(value) {
  return value ? "yes" : "no";
}

/** @param {string | null} error @param {string[]} notes */
function whyNot(error, notes) {
  if (error === null) return notes.join(" ") || "Nothing called it.";
  const [type, message] = splitError(error);
  return `${shortName(type)}: ${message}`;
}
