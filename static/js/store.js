/** @import { Thread, WireSpan, Span, Pause, Batch, RunDocument } from "./types.js" */

const LIMIT = 20_000;
const DROP_AT_ONCE = 2_000;

/** @param {number} process @param {number} thread */
export function laneKey(process, thread) {
  return `${process}/${thread}`;
}

/**
 * Every span the page knows, by process and id and by lane. Taking a batch in twice changes nothing, so what a `resume` sends again is harmless.
 */
export class SpanStore {
  /** Counts changes, so that a reader can tell whether it has seen the last one. */
  version = 0;
  /** @type {Map<string, Thread>} */
  threads = new Map();
  /** @type {Map<number, string>} process → role */
  processes = new Map();
  /** @type {Map<string, Span[]>} lane → spans by start */
  lanes = new Map();
  /** @type {Map<string, Pause[]>} */
  pauses = new Map();
  /** @type {Set<Span>} */
  running = new Set();
  /** @type {Map<number, Map<number, Span>>} */
  #spans = new Map();
  /** @type {Span[]} in the order of arrival, the oldest first */
  #arrivals = [];
  /** @type {Map<string, Set<number>>} "process:ident" → thread keys */
  #idents = new Map();
  /** @type {Map<number, number>} process → thread key of its first event loop */
  #mainLoops = new Map();
  #newest = 0; // the last moment that was heard of
  /** @type {Set<(change: {begun: Span[], ended: Span[]}) => void>} */
  #listeners = new Set();

  /** @param {(change: {begun: Span[], ended: Span[]}) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  /** The server processes that are known to be alive. */
  get servers() {
    return [...this.processes].filter(([, role]) => role === "server").map(([process]) => process);
  }

  /** The first loop of a server process is the one that serves. @param {string} lane */
  isServerLoop(lane) {
    const thread = this.threads.get(lane);
    return thread !== undefined && this.processes.get(thread.process) === "server" && this.#mainLoops.get(thread.process) === thread.key;
  }

  /** @param {{process: number, role: string}[]} processes */
  setProcesses(processes) {
    for (const process of this.processes.keys()) this.processes.set(process, "");
    for (const { process, role } of processes) this.processes.set(process, role);
  }

  get size() {
    return this.#arrivals.length;
  }

  /** @param {number} process @param {number | null} id */
  get(process, id) {
    return id === null ? undefined : this.#spans.get(process)?.get(id);
  }

  *[Symbol.iterator]() {
    for (const spans of this.lanes.values()) yield* spans;
  }

  /** @param {Omit<Batch, "sequence">} batch */
  take(batch) {
    for (const thread of batch.threads) this.addThread(thread);
    for (const span of batch.begun) this.#newest = Math.max(this.#newest, span.start_ns, span.end_ns ?? 0);
    for (const span of batch.ended) this.#newest = Math.max(this.#newest, span.end_ns ?? 0);
    const begun = batch.begun.map((span) => this.#begin(span, batch.process));
    const ended = begun.filter((span) => span.end_ns !== null);
    for (const end of batch.ended) {
      const span = this.get(batch.process, end.id);
      if (span) ended.push(this.#end(span, end));
    }
    for (const pause of batch.pauses ?? []) this.#pause(batch.process, pause);
    this.#dropOldest();
    this.#changed({ begun, ended });
  }

  /**
   * A stored run brings the same spans in one piece. Its spans don't name their process, its threads do.
   * @param {RunDocument} run
   */
  takeRun(run) {
    const process = run.threads[0]?.process ?? 0;
    this.take({ process, threads: run.threads, begun: run.spans, ended: [], pauses: run.pauses ?? [] });
    return process;
  }

  /** @param {Thread} thread */
  addThread(thread) {
    this.threads.set(laneKey(thread.process, thread.key), thread);
    const ident = `${thread.process}:${thread.ident}`;
    const keys = this.#idents.get(ident) ?? new Set();
    this.#idents.set(ident, keys.add(thread.key));
    if (!this.processes.has(thread.process)) this.processes.set(thread.process, "");
    if (thread.event_loop) this.#mainLoops.set(thread.process, Math.min(thread.key, this.#mainLoops.get(thread.process) ?? Infinity));
  }

  /** How many threads had this ident, one after the other. @param {Thread} thread */
  identUses(thread) {
    return this.#idents.get(`${thread.process}:${thread.ident}`)?.size ?? 1;
  }

  /**
   * Nothing more will be heard of what still runs: in these processes, or in any.
   * @param {number} now @param {(span: Span) => boolean} [which]
   */
  abandon(now, which = () => true) {
    const ended = [...this.running].filter(which);
    for (const span of ended) this.#end(span, { end_ns: now, outcome: "unfinished", error: null, attributes: {} });
    if (ended.length) this.#changed({ begun: [], ended });
  }

  /** @param {WireSpan} wire @param {number} process @returns {Span} */
  #begin(wire, process) {
    const known = this.get(process, wire.id);
    if (known) return wire.end_ns === null ? known : this.#end(known, { ...wire, end_ns: wire.end_ns });
    const parentSpan = this.get(process, wire.parent) ?? null;
    const span = { ...wire, process, lane: laneKey(process, wire.thread), parentSpan, children: [] };
    parentSpan?.children.push(span);
    this.#index(span);
    return span;
  }

  /** @param {Span} span */
  #index(span) {
    const ofProcess = this.#spans.get(span.process) ?? new Map();
    this.#spans.set(span.process, ofProcess.set(span.id, span));
    const lane = this.lanes.get(span.lane) ?? [];
    this.lanes.set(span.lane, lane);
    let at = lane.length;
    while (at > 0 && lane[at - 1].start_ns > span.start_ns) at -= 1;
    lane.splice(at, 0, span);
    this.#arrivals.push(span);
    if (span.end_ns === null) this.running.add(span);
  }

  /**
   * A span that nobody waited for any longer has no end of its own: it is drawn to the moment in which it was given up.
   * @param {Span} span @param {{end_ns: number | null, outcome: string | null, error: string | null, attributes: object}} end
   */
  #end(span, end) {
    span.end_ns = end.end_ns ?? Math.max(this.#newest, span.start_ns);
    span.outcome = end.outcome;
    span.error = end.error;
    Object.assign(span.attributes, end.attributes);
    this.running.delete(span);
    return span;
  }

  /** @param {number} process @param {Pause} pause */
  #pause(process, pause) {
    const key = laneKey(process, pause.thread);
    const pauses = this.pauses.get(key) ?? [];
    this.pauses.set(key, pauses);
    const known = pauses.find((other) => other.start_ns === pause.start_ns);
    if (known) known.span = pause.span ?? known.span;
    else pauses.push(pause);
  }

  #dropOldest() {
    if (this.#arrivals.length <= LIMIT) return;
    const gone = new Set(this.#arrivals.splice(0, this.#arrivals.length - LIMIT + DROP_AT_ONCE));
    for (const span of gone) {
      this.#spans.get(span.process)?.delete(span.id);
      this.running.delete(span);
      for (const child of span.children) child.parentSpan = null;
    }
    for (const [key, spans] of this.lanes) this.lanes.set(key, spans.filter((span) => !gone.has(span)));
    this.#dropThreads();
  }

  /** Every request has a thread of its own: those without a span left are forgotten. */
  #dropThreads() {
    for (const [key, thread] of this.threads) {
      if (thread.event_loop || this.lanes.get(key)?.length) continue;
      this.threads.delete(key);
      this.lanes.delete(key);
      this.#idents.get(`${thread.process}:${thread.ident}`)?.delete(thread.key);
    }
  }

  /** @param {{begun: Span[], ended: Span[]}} change */
  #changed(change) {
    this.version += 1;
    for (const listener of this.#listeners) listener(change);
  }
}
