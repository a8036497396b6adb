import { fill, h } from "./dom.js";
import { inWords, picksOf, questionOf } from "./questions.js";
import { pointAt } from "./verdict.js";
/** @import { Judgement } from "./judging.js" */
/** @import { Prediction, ReceiverKind, Topic } from "./questions.js" */
/** @import { Score } from "./score.js" */
/** @import { Evidence } from "./verdict.js" */

/** What was predicted, beside the picture; and what came of it. */

const MARKS = { right: ["✓", "Right"], wrong: ["✗", "Wrong"], unscored: ["–", "Not scored"] };

/** While it runs. @param {HTMLElement} element @param {Prediction} prediction */
export function showPrediction(element, prediction) {
  const items = picksOf(prediction).map(({ kind, topic, pick }) => ({ kind, item: h("li", {}, mark("?"), about(topic), h("p", {}, inWords(topic, [pick]))) }));
  fill(element, h("h3", {}, h("strong", {}, "Your prediction")), byKind(items));
}

/** @param {HTMLElement} element @param {Judgement[]} judgements @param {Score} score @param {Pick<Evidence, "span" | "point">} [evidence] */
export function showJudgements(element, judgements, score, evidence) {
  const scored = judgements.filter(({ result }) => result !== "unscored");
  const right = scored.filter(({ result }) => result === "right").length;
  fill(
    element,
    h("h3", {}, h("strong", {}, scored.length ? `${right} of ${scored.length} right` : "Not scored"), h("span", {}, `this sitting: ${score}`)),
    byKind(judgements.map((judgement) => ({ kind: judgement.kind, item: judged(judgement, evidence) }))),
  );
}

/** @param {{kind: ReceiverKind, item: HTMLElement}[]} items */
function byKind(items) {
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => [
    h("h4", { class: kind }, h("span", { class: "swatch", "aria-hidden": "true" }), `${kind} receiver`),
    h("ul", {}, items.filter((one) => one.kind === kind).map(({ item }) => item)),
  ]);
}

/** @param {Judgement} judgement @param {Pick<Evidence, "span" | "point">} [evidence] where its bars can be pointed at */
function judged({ topic, pick, truths, result, reason, spans }, evidence) {
  const [sign, word] = MARKS[result];
  const differs = truths.length > 1 || (truths.length === 1 && truths[0] !== pick);
  const element = h(
    "li",
    { class: result },
    mark(sign),
    h("p", {}, h("strong", { class: "result" }, word), about(topic)),
    h("p", {}, "You said: ", inWords(topic, [pick])),
    differs && h("p", {}, "It was: ", h("strong", {}, inWords(topic, truths))),
    reason && h("p", { class: "reason" }, reason),
  );
  if (evidence) pointAt(element, spans.map((id) => evidence.span(id)).filter((span) => span !== undefined), evidence);
  return element;
}

/** @param {string} sign */
function mark(sign) {
  return h("span", { class: "mark", "aria-hidden": "true" }, sign);
}

/** @param {Topic} topic */
function about(topic) {
  return h("span", { class: "topic" }, questionOf(topic).short);
}
