/** @import { Span, Interval } from "./types.js" */
/** @import { SpanStore } from "./store.js" */

/**
 * What of the store is looked at: only what experiments did, or also the signals that Django and the page's own requests send; and of
 * that the trees in which a signal, sender or receiver matches a text.
 *
 * @typedef {{everything: boolean, text: string}} Scope
 */

const PRELUDE_NS = 100e6;

/**
 * The spans in scope that overlap an interval.
 * @param {SpanStore} store @param {Interval} view @param {Scope} scope
 */
export function selectSpans(store, view, scope) {
  const wanted = scope.text ? matchingRoots(store, scope.text.toLowerCase()) : null;
  /** @type {Span[]} */
  const selected = [];
  for (const spans of store.lanes.values()) {
    for (const span of spans) {
      if (span.start_ns > view.end) break;
      if ((span.end_ns ?? Infinity) < view.start) continue;
      if (!scope.everything && !isExperiment(span)) continue;
      if (!wanted || wanted.has(rootOf(span))) selected.push(span);
    }
  }
  return selected;
}

/** Belongs to an experiment: a caller, what it called, or the request around it. @param {Span} span @returns {boolean} */
export function isExperiment(span) {
  const { caller } = span.attributes;
  return span.kind === "caller" || (caller !== undefined && caller !== null) || (span.kind === "request" && span.children.some(isExperiment));
}

/**
 * Where the picture of a span starts: a caller's with the request around it, unless that is a connection which had been open for long.
 * @param {Span} span
 */
export function beginOf({ kind, start_ns, parentSpan }) {
  const request = kind === "caller" && parentSpan?.kind === "request" ? parentSpan : null;
  return request && start_ns - request.start_ns < PRELUDE_NS ? request.start_ns : start_ns;
}

/** @param {Iterable<Span>} store @param {string} text @returns {Set<Span>} */
function matchingRoots(store, text) {
  const roots = new Set();
  for (const span of store) {
    if (matches(span, text)) roots.add(rootOf(span));
  }
  return roots;
}

/** Signal, sender and receiver names. @param {Span} span @param {string} text */
function matches(span, text) {
  const { signal = "", sender = "" } = span.attributes;
  return `${span.name} ${signal ?? ""} ${sender ?? ""}`.toLowerCase().includes(text);
}

/** @param {Span} span */
export function rootOf(span) {
  let root = span;
  while (root.parentSpan) root = root.parentSpan;
  return root;
}

/** The span and everything below it. @param {Span} span @returns {Generator<Span>} */
export function* treeOf(span) {
  yield span;
  for (const child of span.children) yield* treeOf(child);
}
