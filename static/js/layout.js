/** @import { Span, Thread } from "./types.js" */

/**
 * From spans to lanes and rows. Pure: the same spans give the same picture.
 *
 *   MainThread, event loop                             one lane for each thread
 *     row 0   [ async_view A                ] [ C ]    a span without a parent on its own thread starts a stack
 *     row 1       [ asend  ]  [ handler ]              inside a stack, a child lies below its nearest ancestor of the same thread
 *     row 2         [ handler ]
 *     row 3     [ async_view B            ]            coroutines interleave: a stack that overlaps another gets rows of its own
 *     row 4        [ asend ]
 *   ThreadPoolExecutor-0_0
 *     row 0     [ save     ]    [ save ]               one thread does one thing at a time: stacks follow each other on the same rows
 *     row 1       [ handler ]     [ handler ]
 *
 * A stack is packed as one block, its children inside it likewise, so that no row ever holds two spans which overlap and nothing comes
 * between a span and what it called.
 *
 * @typedef {object} Lane
 * @property {string} key
 * @property {Thread} thread
 * @property {Span[][]} rows each by start
 *
 * @typedef {{span: Span, start: number, end: number, height: number, inside: Placed[]}} Block
 * @typedef {{block: Block, row: number}} Placed
 */

/**
 * @param {Iterable<Span>} spans by start within each lane
 * @param {Map<string, Thread>} threads
 * @param {Iterable<number>} [servers] processes whose event loop is shown whatever happens
 * @returns {Lane[]}
 */
export function layoutLanes(spans, threads, servers = []) {
  /** @type {Map<string, Span[]>} */
  const byLane = new Map();
  for (const span of spans) {
    const lane = byLane.get(span.lane);
    if (lane) lane.push(span);
    else byLane.set(span.lane, [span]);
  }
  for (const key of loopsOf(byLane, threads, servers)) byLane.set(key, []);
  return [...byLane]
    .map(([key, inLane]) => ({ key, thread: threads.get(key) ?? unknownThread(inLane[0]), rows: packLane(inLane) }))
    .toSorted((a, b) => compareThreads(a.thread, b.thread));
}

/**
 * A process's main event loop has a lane even when none of its spans is in view: that it is idle is an answer, too.
 * @param {Map<string, Span[]>} byLane @param {Map<string, Thread>} threads @param {Iterable<number>} servers
 */
function loopsOf(byLane, threads, servers) {
  const processes = new Set([...servers, ...[...byLane.keys()].map((key) => threads.get(key)?.process)]);
  /** @type {Map<number, [string, Thread]>} */
  const loops = new Map();
  for (const [key, thread] of threads) {
    const known = loops.get(thread.process)?.[1];
    if (thread.event_loop && processes.has(thread.process) && (!known || thread.key < known.key)) loops.set(thread.process, [key, thread]);
  }
  return [...loops.values()].map(([key]) => key).filter((key) => !byLane.has(key));
}

/** Processes in order; in a process the event loop first, then the threads in the order of their birth. @param {Thread} a @param {Thread} b */
function compareThreads(a, b) {
  return a.process - b.process || Number(b.event_loop) - Number(a.event_loop) || a.key - b.key;
}

/** A thread that no frame has described yet. Where its span ran on a loop, it has one. @param {Span} span @returns {Thread} */
function unknownThread(span) {
  return { key: span.thread, ident: NaN, native_id: NaN, name: `thread ${span.thread}`, process: span.process, event_loop: span.loop !== null };
}

/** @param {Span[]} spans @returns {Span[][]} */
export function packLane(spans) {
  const present = new Set(spans);
  /** @type {Map<Span | null, Span[]>} */
  const hosted = new Map([[null, []]]);
  for (const span of spans) {
    const host = hostOf(span, present);
    const siblings = hosted.get(host);
    if (siblings) siblings.push(span);
    else hosted.set(host, [span]);
  }
  /** @type {Span[][]} */
  const rows = [];
  spread(pack((hosted.get(null) ?? []).map((root) => toBlock(root, hosted))).placed, 0, rows);
  return rows;
}

/** The nearest ancestor on the same thread. @param {Span} span @param {Set<Span>} present */
function hostOf(span, present) {
  for (let up = span.parentSpan; up; up = up.parentSpan) {
    if (up.lane === span.lane && present.has(up)) return up;
  }
  return null;
}

/** @param {Span} span @param {Map<Span | null, Span[]>} hosted @returns {Block} */
function toBlock(span, hosted) {
  const { placed, height, end } = pack((hosted.get(span) ?? []).map((child) => toBlock(child, hosted)));
  return { span, start: span.start_ns, end: Math.max(span.end_ns ?? Infinity, end), height: height + 1, inside: placed };
}

/** Each block on the first rows that are free for its whole height. @param {Block[]} blocks by start */
function pack(blocks) {
  /** @type {number[]} from when on each row is free */
  const free = [];
  const placed = blocks.map((block) => {
    const row = firstFit(free, block);
    for (let i = row; i < row + block.height; i += 1) free[i] = block.end;
    return { block, row };
  });
  return { placed, height: free.length, end: Math.max(0, ...free) };
}

/** @param {number[]} free @param {Block} block */
function firstFit(free, block) {
  for (let row = 0; ; row += 1) {
    let fits = 0;
    while (fits < block.height && (free[row + fits] ?? 0) <= block.start) fits += 1;
    if (fits === block.height) return row;
    row += fits;
  }
}

/** @param {Placed[]} placed @param {number} top @param {Span[][]} rows */
function spread(placed, top, rows) {
  for (const { block, row } of placed) {
    const at = top + row;
    rows[at] ??= [];
    rows[at].push(block.span);
    spread(block.inside, at + 1, rows);
  }
}
