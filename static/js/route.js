import { h } from "./dom.js";
import { elide } from "./format.js";
/** @import { Thread } from "./types.js" */

const NAME_LENGTH = 15;

/**
 * The threads from the caller over the send to the receiver, with their idents as threading.get_ident() prints them, one below the other
 * to be compared. Where the thread changes, the ident is marked.
 * @param {[string, Thread | undefined][]} stops
 */
export function showRoute(stops) {
  const known = stops.filter(([, thread]) => thread !== undefined);
  return h("span", { class: "route" }, known.map(([name, thread], at) => stop(name, thread, known[at - 1]?.[1])));
}

/** @param {string} name @param {Thread | undefined} thread @param {Thread | undefined} before */
function stop(name, thread, before) {
  return h(
    "span",
    { class: before && before !== thread ? "stop moved" : "stop" },
    h("span", {}, `${name} `),
    h("span", {}, `${thread?.ident} `),
    h("span", { title: thread?.name }, elide(thread?.name ?? "", NAME_LENGTH)),
  );
}
