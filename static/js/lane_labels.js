import { fill, h } from "./dom.js";
import { plural } from "./format.js";
/** @import { SpanStore } from "./store.js" */
/** @import { Geometry, PlacedLane } from "./geometry.js" */

/**
 * The lanes' labels, as text in the page: an ident can be selected, copied and found with the browser's search.
 */
export class LaneLabels {
  #container;
  #store;
  #shown = "";

  /** @param {HTMLElement} container @param {SpanStore} store */
  constructor(container, store) {
    this.#container = container;
    this.#store = store;
  }

  /** @param {Geometry} geometry @param {number} width */
  show(geometry, width) {
    const idents = geometry.lanes.map(({ thread }) => `${thread.process}:${thread.ident}`);
    const texts = geometry.lanes.map((lane, at) => ({ ...this.#linesOf(lane), twin: idents.indexOf(idents[at]) !== idents.lastIndexOf(idents[at]) ? "twin" : "" }));
    const shown = JSON.stringify([texts, geometry.lanes.map((lane) => lane.y), geometry.gutter, width]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#container.classList.toggle("narrow", geometry.gutter === 0);
    fill(this.#container, geometry.lanes.flatMap((lane, at) => this.#label(lane, texts[at])));
    for (const element of /** @type {Iterable<HTMLElement>} */ (this.#container.children)) {
      element.style.top = `${element.dataset.top}px`;
      if (element.dataset.height) element.style.maxHeight = `${element.dataset.height}px`;
    }
  }

  /** @param {PlacedLane} lane @param {Record<string, string>} lines */
  #label(lane, lines) {
    const group = lane.group && h("p", { class: "process", dataset: { top: lane.y - 23 } }, lines.process);
    const label = h(
      "div",
      { class: "lane-label", dataset: { top: lane.y + 7, height: lane.height - 8 } },
      h("strong", { title: lines.name }, lines.name),
      h("span", { class: lane.thread.event_loop ? "role loop" : "role" }, lines.role),
      h("span", { class: "ident", title: `threading.get_ident() is ${lines.ident}, native id ${lane.thread.native_id}` }, lines.ident),
      lines.connection && h("span", { class: "serial" }, lines.connection),
      lines.reused && h("span", { class: `reused ${lines.twin}`, title: "The operating system gave one ident to several threads, one after the other" }, lines.reused),
    );
    return group ? [group, label] : [label];
  }

  /** @param {PlacedLane} lane */
  #linesOf({ thread, rows }) {
    const role = this.#store.processes.get(thread.process);
    const serials = new Set(rows.flat().map((span) => span.connection?.serial).filter((serial) => serial !== undefined));
    const uses = this.#store.identUses(thread);
    return {
      process: `process ${thread.process}${role ? ` · ${role}` : ""}`,
      name: thread.name,
      role: thread.event_loop ? "event loop" : "worker thread",
      ident: String(thread.ident),
      connection: serials.size ? `${serials.size > 1 ? "connections" : "connection"} ${[...serials].slice(0, 4).join(", ")}` : "",
      reused: uses > 1 ? `ident of ${plural(uses, "thread")}` : "",
    };
  }
}
