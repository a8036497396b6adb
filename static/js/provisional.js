import { fill, h } from "./dom.js";
import { plural, shortName, ticking } from "./format.js";
import { showRoute } from "./route.js";
import { isExperiment } from "./select.js";
/** @import { Span } from "./types.js" */
/** @import { SpanStore } from "./store.js" */

const MOST_CARDS = 3;

/**
 * What can be said of a run before it has answered: which handlers run now, where, and for how long.
 * The counting seconds are hidden from screen readers, which hear the sentence once, when it changes.
 */
export class Provisional {
  #element;
  #store;
  #said = "";

  /** @param {HTMLElement} element @param {SpanStore} store */
  constructor(element, store) {
    this.#element = element;
    this.#store = store;
  }

  /** @param {number} since when the run was asked for @param {number} now @param {number} silentMs */
  show(since, now, silentMs) {
    const running = [...this.#store.running].filter((span) => span.start_ns >= since - 50e6 && isExperiment(span));
    const receivers = running.filter((span) => span.kind === "receiver");
    const said = silentMs ? "silent" : receivers.map((span) => span.id).join(" ") || (running.length ? "caller" : "nothing");
    if (said !== this.#said) this.#rebuild(said, receivers, running);
    for (const time of this.#element.querySelectorAll("[data-since]")) {
      time.textContent = ticking(now - Number(/** @type {HTMLElement} */ (time).dataset.since || since));
    }
    const silent = this.#element.querySelector("[data-silent]");
    if (silent) silent.textContent = ticking(silentMs * 1e6);
  }

  reset() {
    this.#said = "";
  }

  /** @param {string} said @param {Span[]} receivers @param {Span[]} running */
  #rebuild(said, receivers, running) {
    this.#said = said;
    if (said === "silent") fill(this.#element, card(["The server's event loop has not answered for ", counter({ silent: "" }), ". Something holds its thread: nothing else can run there."]));
    else if (said === "nothing") fill(this.#element, card(["Asked the server. Waiting for the first span…"]));
    else if (said === "caller") fill(this.#element, card([`${callerName(running)} is running; no handler is at work just now.`]));
    else fill(this.#element, receivers.slice(0, MOST_CARDS).map((span) => card([...this.#sentence(span), this.#route(span)], span)), andMore(receivers.length - MOST_CARDS));
  }

  /** The first of the answers is known while the handler still runs. @param {Span} span */
  #route(span) {
    const caller = this.#store.get(span.process, span.attributes.caller ?? null);
    const thread = (/** @type {Span | null | undefined} */ one) => (one ? this.#store.threads.get(one.lane) : undefined);
    return showRoute([["caller", thread(caller)], ["send", thread(span.parentSpan)], ["receiver", thread(span)]]);
  }

  /** @param {Span} span */
  #sentence(span) {
    const thread = this.#store.threads.get(span.lane);
    return [
      h("strong", {}, shortName(span.name)),
      " is running on ", h("code", {}, thread?.name ?? "?"), thread?.event_loop ? ", the event loop's thread" : "",
      h("span", { "aria-hidden": "true" }, ", for ", counter({ since: span.start_ns }), " so far"), ".",
    ];
  }
}

/** @param {number} count */
function andMore(count) {
  return count > 0 && h("p", { class: "note" }, `${plural(count, "more handler is", "more handlers are")} running.`);
}

/** @param {(Node | string)[]} content @param {Span} [span] */
function card(content, span) {
  const kind = span ? (span.attributes.is_async ? "async" : "sync") : "";
  return h("div", { class: `provisional ${kind}` }, h("h3", {}, h("span", { class: "pulse", "aria-hidden": "true" }), "Running"), h("p", {}, content));
}

/** @param {Record<string, string | number>} dataset */
function counter(dataset) {
  return h("span", { class: "counter", dataset });
}

/** @param {Span[]} running */
function callerName(running) {
  const caller = running.find((span) => span.kind === "caller") ?? running[0];
  return shortName(caller.name);
}
