import { duration } from "./format.js";
/** @import { Span } from "./types.js" */

/** Where asgiref takes work to, in words: the page's names for what docs/architecture.md describes. */
const EXECUTORS = {
  "current-thread": "the thread that waits in async_to_sync",
  "request-context": "this request's own thread",
  "process-single-thread": "the one thread that the process shares",
  "loop-default-pool": "the event loop's default pool",
  "given-executor": "the executor that was given",
  "main-loop": "the loop that this thread works for",
  "new-loop": "a new loop in a new thread",
};

/** What a worker thread is, by how work came to it. Short enough for a lane's label. */
const ROLES = {
  "current-thread": "waits in async_to_sync",
  "request-context": "this request's thread",
  "process-single-thread": "process-wide thread",
  "loop-default-pool": "pool thread",
  "given-executor": "given executor",
};

/** @param {Span} span @returns {string | null} */
export function executorOf({ attributes }) {
  return EXECUTORS[/** @type {keyof typeof EXECUTORS} */ (attributes.executor)] ?? attributes.executor ?? null;
}

/** The role of a thread on which these spans ran. @param {Span[]} spans */
export function roleOf(spans) {
  for (const { parentSpan, lane } of spans) {
    const role = parentSpan && parentSpan.lane !== lane && ROLES[/** @type {keyof typeof ROLES} */ (parentSpan.attributes.executor)];
    if (role) return role;
  }
  return "worker thread";
}

/** How long its work waited for the other thread. @param {Span} span */
export function queuedOf({ attributes }) {
  return typeof attributes.queued_ns === "number" ? duration(attributes.queued_ns) : null;
}
