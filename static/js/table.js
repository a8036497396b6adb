import { fill, h } from "./dom.js";
import { duration } from "./format.js";
/** @import { Span } from "./types.js" */
/** @import { SpanStore } from "./store.js" */

/** The spans in view as a table: the same picture for those who don't see the canvas, or don't like it. */
const MOST_ROWS = 500;

/** @param {HTMLElement} body a tbody @param {Span[]} spans @param {SpanStore} store @param {number} origin */
export function showTable(body, spans, store, origin) {
  const rows = spans.toSorted((a, b) => a.start_ns - b.start_ns || a.id - b.id).slice(0, MOST_ROWS);
  fill(body, rows.map((span) => spanRow(span, store, origin)));
}

/** @param {Span} span @param {SpanStore} store @param {number} origin */
function spanRow(span, store, origin) {
  const thread = store.threads.get(span.lane);
  const { connection } = span;
  return h(
    "tr",
    { dataset: { span: span.id, process: span.process } },
    h("td", {}, span.kind === "receiver" ? `${span.attributes.is_async ? "async" : "sync"} receiver` : span.kind),
    h("th", { scope: "row" }, span.name),
    h("td", {}, thread?.name ?? "", " ", h("span", { class: "ident" }, String(thread?.ident ?? ""))),
    h("td", { class: "number" }, ((span.start_ns - origin) / 1e6).toFixed(2)),
    h("td", { class: "number" }, span.end_ns === null ? "running" : duration(span.end_ns - span.start_ns)),
    h("td", { class: span.outcome === "error" ? "error" : "" }, span.error ?? span.outcome ?? "running"),
    h("td", {}, connection ? `${connection.serial}${connection.atomic_depth ? ", in a transaction" : ""}` : "none"),
  );
}
