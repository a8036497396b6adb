import { fill, h } from "./dom.js";
import { tint } from "./python.js";
/** @import { Catalogue, Experiment, Source } from "./types.js" */

/**
 * The source of what just ran: caller, way and receivers, from the catalogue.
 * @param {HTMLElement} element @param {Catalogue} catalogue @param {Experiment} experiment
 * @param {string[]} [ran] names of the receivers that ran; unknown: those that the experiment connects
 */
export function showCode(element, catalogue, experiment, ran) {
  const caller = catalogue.callers.find(({ slug }) => slug === experiment.caller);
  const way = [...catalogue.ways, ...catalogue.beside].find(({ slug }) => slug === experiment.way);
  const wanted = catalogue.handlers.filter((one) => (ran?.length ? ran.includes(one.name) : isConnected(one.is_async, experiment.receivers)));
  const handlers = ran?.length ? wanted : onePerKind(wanted);
  fill(
    element,
    listing(`caller · ${caller?.title ?? experiment.caller}`, caller?.source),
    listing(`way · ${way?.title ?? experiment.way}`, way?.source),
    handlers.map((one) => listing(`receiver · ${one.is_async ? "async" : "sync"} · ${one.signal}`, one.source)),
  );
}

/** @param {boolean} isAsync @param {string} receivers */
function isConnected(isAsync, receivers) {
  return receivers === "both" || (receivers === "async") === isAsync;
}

/** Before it has run, the signal isn't known: the first handler of each kind stands for all. @param {Catalogue["handlers"]} handlers */
function onePerKind(handlers) {
  return handlers.filter((one, at) => handlers.findIndex((other) => other.is_async === one.is_async) === at);
}

/** @param {string} title @param {Source | null | undefined} source */
function listing(title, source) {
  return h(
    "figure",
    { class: "listing" },
    h("figcaption", {}, h("span", { class: "what" }, title), source && h("span", { class: "where" }, `${source.file}:${source.line}`)),
    source
      ? h("pre", { tabindex: "0", "aria-label": `Source of the ${title}` }, h("code", {}, tint(source.text.trimEnd())))
      : h("p", { class: "note" }, "The source is not shown by this server."),
  );
}
