import { fill, h } from "./dom.js";
import { plural } from "./format.js";
import { roleOf } from "./hops.js";
/** @import { SpanStore } from "./store.js" */
/** @import { Geometry, PlacedLane } from "./geometry.js" */

const LINE_PX = 16;

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
    fill(this.#container, geometry.lanes.flatMap((lane, at) => this.#label(lane, texts[at], geometry.gutter)));
    for (const element of /** @type {Iterable<HTMLElement>} */ (this.#container.children)) {
      element.style.top = `${element.dataset.top}px`;
      if (element.dataset.height) element.style.height = `${element.dataset.height}px`;
    }
  }

  /** @param {PlacedLane} lane @param {Record<string, string>} lines @param {number} gutter */
  #label(lane, lines, gutter) {
    const group = lane.group && h("p", { class: "process", dataset: { top: lane.y - 23 } }, lines.process);
    const room = gutter ? Math.max(1, Math.floor((lane.height - 8) / LINE_PX)) : 2;
    const label = h(
      "div",
      { class: "lane-label", title: Object.values(lines).filter(Boolean).join("\n"), dataset: { top: lane.y + (room > 1 ? 7 : 3), height: room * LINE_PX } },
      h("strong", {}, lines.name),
      (lane.thread.event_loop || room > 2) && h("span", { class: lane.thread.event_loop ? "role loop" : "role" }, lines.role),
      h("span", { class: "ident" }, lines.ident),
      lines.connection && h("span", { class: "serial" }, lines.connection),
      lines.reused && h("span", { class: `reused ${lines.twin}` }, lines.reused),
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
      role: thread.event_loop ? "event loop" : thread.name === "MainThread" ? "main thread" : roleOf(rows.flat()),
      ident: Number.isNaN(thread.ident) ? "ident unknown" : String(thread.ident),
      connection: serials.size ? `${serials.size > 1 ? "connections" : "connection"} ${[...serials].slice(0, 4).join(", ")}` : "",
      native: Number.isNaN(thread.native_id) ? "" : `native id ${thread.native_id}`,
      reused: uses > 1 ? `ident of ${plural(uses, "thread")}` : "",
    };
  }
}
