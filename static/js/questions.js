/**
 * What is asked before a run, of each kind of receiver, and what can be answered. More than one place may be right: the caller's thread
 * is the event loop's in an async view, and the sender's wherever nothing hops.
 *
 * @typedef {"sync" | "async"} ReceiverKind
 * @typedef {"place" | "waiting" | "transaction"} Topic
 * @typedef {{slug: string, text: string, hint?: string}} Choice
 * @typedef {{topic: Topic, short: string, ask: (kind: ReceiverKind) => string, choices: Choice[]}} Question
 * @typedef {Partial<Record<Topic, string>>} Picks the slug of the choice for each topic
 * @typedef {Partial<Record<ReceiverKind, Picks>>} Prediction
 */

export const NOWHERE = "nowhere";

/** @type {Question[]} */
export const QUESTIONS = [
  {
    topic: "place",
    short: "where",
    ask: (kind) => `Where will the ${kind} receiver run?`,
    choices: [
      { slug: "sender", text: "The sender's thread", hint: "where the signal is sent" },
      { slug: "caller", text: "The caller's thread", hint: "where the code is that asks" },
      { slug: "event-loop", text: "The event loop's thread", hint: "of a loop that is there already" },
      { slug: "worker", text: "Another thread", hint: "neither sender's nor caller's" },
      { slug: "new-loop", text: "A new thread", hint: "with a loop that send() makes for it" },
      { slug: NOWHERE, text: "It won't run", hint: "Django refuses, or calls nobody" },
    ],
  },
  {
    topic: "waiting",
    short: "waiting",
    ask: () => "Will the caller wait for it?",
    choices: [
      { slug: "yes", text: "Yes" },
      { slug: "no", text: "No, it goes on" },
    ],
  },
  {
    topic: "transaction",
    short: "transaction",
    ask: () => "In the sender's transaction?",
    choices: [
      { slug: "yes", text: "Yes, inside" },
      { slug: "no", text: "No, outside" },
      { slug: "none", text: "None is open" },
    ],
  },
];

/** @param {Topic} topic */
export function questionOf(topic) {
  return /** @type {Question} */ (QUESTIONS.find((question) => question.topic === topic));
}

/** What is still a question once this was picked: of a receiver that won't run there is nothing more to ask. @param {Picks} picks */
export function questionsFor(picks) {
  return picks.place === NOWHERE ? QUESTIONS.slice(0, 1) : QUESTIONS;
}

/** @param {Prediction} prediction @returns {{kind: ReceiverKind, topic: Topic, pick: string}[]} */
export function picksOf(prediction) {
  return Object.entries(prediction).flatMap(([kind, picks]) =>
    Object.entries(picks).map(([topic, pick]) => ({ kind: /** @type {ReceiverKind} */ (kind), topic: /** @type {Topic} */ (topic), pick })),
  );
}

/** The choices in words; places that are all right are one thread. @param {Topic} topic @param {string[]} slugs */
export function inWords(topic, slugs) {
  const { choices } = questionOf(topic);
  const texts = choices.filter(({ slug }) => slugs.includes(slug)).map(({ text }) => text);
  return texts.map((text, at) => (at ? text[0].toLowerCase() + text.slice(1) : text)).join(" = ");
}
