import { fill, h } from "./dom.js";
import { duration, ticking } from "./format.js";
import { executorOf, queuedOf } from "./hops.js";
import { boxOf } from "./marks.js";
/** @import { Span } from "./types.js" */
/** @import { SpanStore } from "./store.js" */
/** @import { Frame } from "./picture.js" */

const MARGIN = 10;

/** The card with everything that is known of one span, beside its bar. */
export class Details {
  #card;
  #canvas;
  #store;
  #shown = "";

  /** @param {HTMLElement} card @param {HTMLElement} canvas @param {SpanStore} store */
  constructor(card, canvas, store) {
    this.#card = card;
    this.#canvas = canvas;
    this.#store = store;
  }

  hide() {
    this.#card.hidden = true;
    this.#shown = "";
  }

  /** @param {Span} span @param {boolean} pinned @param {Frame} frame */
  show(span, pinned, frame) {
    const key = `${span.process} ${span.id} ${span.end_ns} ${pinned}`;
    if (key !== this.#shown) {
      fill(this.#card, this.#content(span, pinned));
      this.#card.classList.toggle("pinned", pinned);
      this.#card.hidden = false;
      this.#shown = key;
    }
    const running = this.#card.querySelector("[data-running]");
    if (running) running.textContent = `running for ${ticking(frame.now - span.start_ns)}`;
    this.#place(span, frame);
  }

  /** One sentence for the live region. @param {Span} span */
  sentence(span) {
    const thread = this.#store.threads.get(span.lane);
    const time = span.end_ns === null ? "running" : duration(span.end_ns - span.start_ns);
    return `${kindOf(span)} ${span.name}, on ${thread?.name ?? "an unknown thread"}, ${time}, ${span.error ?? span.outcome ?? "not ended"}`;
  }

  /** @param {Span} span @param {boolean} pinned */
  #content(span, pinned) {
    return [
      h("p", { class: "details-kind" }, kindOf(span), pinned && h("span", { class: "tag" }, "pinned · Esc closes")),
      h("p", { class: "details-name" }, span.name),
      span.error && h("p", { class: "error" }, span.error),
      h("dl", {}, this.#facts(span).filter(([, value]) => value !== null && value !== "").flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)])),
    ];
  }

  /** @param {Span} span @returns {[string, any][]} */
  #facts(span) {
    const thread = this.#store.threads.get(span.lane);
    const { attributes, connection } = span;
    return [
      ["took", span.end_ns === null ? h("span", { dataset: { running: "" } }) : took(span)],
      ["on its thread", occupied(span)],
      ["thread", thread ? `${thread.name}${thread.event_loop ? ", event loop" : ""}` : null],
      ["ident", thread ? String(thread.ident) : null],
      ["goes to", executorOf(span)],
      ["queued", queuedOf(span)],
      ["task", span.task === null ? null : `${span.task}`],
      ["view", attributes.view ?? null],
      ["status", attributes.status === undefined ? null : String(attributes.status ?? "not answered")],
      ["signal", attributes.signal ?? null],
      ["sender", attributes.sender ?? null],
      ["connection", connection ? `${connection.serial}, ${connection.atomic_depth ? `atomic depth ${connection.atomic_depth}` : "no transaction"}` : "none open"],
      ["source", attributes.source ?? null],
      ["outcome", span.outcome === "ok" ? null : span.outcome],
    ];
  }

  /** Below the bar, or above where there is no room; never beside the picture. @param {Span} span @param {Frame} frame */
  #place(span, frame) {
    const box = boxOf(span, frame);
    const within = /** @type {HTMLElement} */ (this.#card.offsetParent);
    if (!box || !within) {
      this.hide();
      return;
    }
    const shift = this.#canvas.getBoundingClientRect().top - within.getBoundingClientRect().top;
    const { offsetWidth: width, offsetHeight: height } = this.#card;
    const middle = Math.max(box.x, frame.scale.left) + MARGIN;
    const below = shift + box.y + box.height + MARGIN;
    const above = shift + box.y - height - MARGIN;
    const fitsBelow = within.getBoundingClientRect().top + below + height <= innerHeight || above < 0;
    this.#card.style.left = `${Math.max(MARGIN, Math.min(middle, within.clientWidth - width - MARGIN))}px`;
    this.#card.style.top = `${fitsBelow ? below : above}px`;
  }
}

/** @param {Span} span */
function kindOf(span) {
  const how = span.attributes.is_async ? "async" : "sync";
  return span.kind === "receiver" || span.kind === "caller" ? `${how} ${span.kind}` : span.kind;
}

/** @param {Span} span */
function took(span) {
  return span.outcome === "unfinished" ? "longer than it was watched" : duration((span.end_ns ?? 0) - span.start_ns);
}

/** Of a connection, which may be open for hours, it is not recorded. @param {Span} span */
function occupied(span) {
  if (span.attributes.protocol === "websocket") return null;
  if (!span.attributes.is_async) return "all the time (sync)";
  if (span.end_ns === null || !span.attributes.running) return "known when it ends (async)";
  const ran = span.attributes.running.reduce((/** @type {number} */ sum, /** @type {number[]} */ [start, end]) => sum + end - start, 0);
  return `${duration(ran)}; suspended for the rest`;
}
