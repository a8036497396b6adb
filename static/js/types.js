/**
 * The shapes that cross the wire (docs/protocol.md), and what the page adds to them. Types only.
 *
 * @typedef {object} Thread
 * @property {number} key serial, given once per thread and process
 * @property {number} ident what threading.get_ident() prints; recycled by the operating system
 * @property {number} native_id
 * @property {string} name
 * @property {number} process
 * @property {boolean} event_loop
 *
 * @typedef {{alias: string, serial: number, atomic_depth: number}} Connection
 * @typedef {"request" | "caller" | "step" | "hop" | "dispatch" | "receiver"} Kind
 *
 * @typedef {object} WireSpan
 * @property {number} id
 * @property {number | null} parent
 * @property {Kind} kind
 * @property {string} name
 * @property {number} thread
 * @property {number | null} task
 * @property {number | null} loop
 * @property {number} start_ns
 * @property {number | null} end_ns
 * @property {string | null} outcome
 * @property {string | null} error
 * @property {Connection | null} connection
 * @property {Record<string, any>} attributes
 *
 * @typedef {object} SpanLinks
 * @property {number} process
 * @property {string} lane key of its lane, "process/thread"
 * @property {Span | null} parentSpan
 * @property {Span[]} children
 * @typedef {WireSpan & SpanLinks} Span
 *
 * @typedef {{thread: number, start_ns: number, end_ns: number, span: number | null}} Pause `span`: what held the loop, once its run was judged, where known
 *
 * @typedef {object} Batch
 * @property {number} sequence
 * @property {number} process
 * @property {Thread[]} threads
 * @property {WireSpan[]} begun
 * @property {{id: number, end_ns: number, outcome: string, error: string | null, attributes: object}[]} ended
 * @property {Pause[]} pauses
 *
 * @typedef {object} Experiment
 * @property {string} caller
 * @property {string} way
 * @property {string} receivers
 * @property {boolean} atomic
 * @property {number} delay_ms
 * @property {string | null} fail
 * @property {number} [concurrency] callers at once; runs that were stored before there was a choice had one
 *
 * @typedef {object} Answers
 * @property {number} span
 * @property {number} dispatch
 * @property {string} signal
 * @property {string} name
 * @property {boolean} is_async
 * @property {boolean | null} caller_waited
 * @property {boolean | null} same_thread_as_sender
 * @property {boolean | null} same_thread_as_caller
 * @property {boolean | null} same_connection
 * @property {boolean | null} same_transaction
 * @property {boolean | null} event_loop_free
 * @property {boolean | null} contextvar_visible
 * @property {boolean | null} threadlocal_visible
 * @property {number | null} hop the nearest one above it
 * @property {string | null} why
 * @property {Record<string, string | null>} reasons
 *
 * @typedef {{code: string, title: string, severity: string, spans: number[], explain: string, fix: string, source: string | null}} Finding
 *
 * @typedef {object} RunDocument
 * @property {string} id
 * @property {string} url
 * @property {string} started_at
 * @property {Experiment} experiment
 * @property {Record<string, string>} environment
 * @property {Thread[]} threads
 * @property {WireSpan[]} spans
 * @property {Pause[]} pauses
 * @property {{error: string | null, receivers: Answers[], notes: string[]}} verdict
 * @property {Finding[]} findings
 *
 * @typedef {{file: string, line: number, text: string}} Source
 * @typedef {{slug: string, title: string, summary: string, is_async: boolean, transport: string, url: string, concurrency: number, source: Source | null}} Caller
 * @typedef {{slug: string, title: string, summary: string, is_async: boolean, source: Source | null}} Way
 * @typedef {{name: string, is_async: boolean, signal: string, source: Source | null}} Handler
 * @typedef {{caller: string, way: string, receivers: string, valid: boolean, valid_in_transaction: boolean, reason: string | null}} Combination
 *
 * @typedef {object} Catalogue
 * @property {Caller[]} callers
 * @property {Way[]} ways
 * @property {Way[]} beside ways that no form offers
 * @property {{slug: string, title: string}[]} receivers
 * @property {Handler[]} handlers
 * @property {Combination[]} combinations
 * @property {Record<string, number>} limits
 *
 * @typedef {object} RunSummary
 * @property {string} id
 * @property {string} url
 * @property {string} started_at
 * @property {Experiment} experiment
 * @property {string | null} error
 * @property {number | null} duration_ms
 * @property {Answers[]} receivers
 *
 * @typedef {object} ClaimVerdict
 * @property {"holds" | "false" | "depends" | "open"} answer
 * @property {string} because
 * @property {Record<string, string>} environment
 * @property {{id: string, url: string, started_at: string}[]} runs one for each experiment of the claim, in their order
 *
 * @typedef {{slug: string, claim: string, experiments: Experiment[], truth: string, verdict: ClaimVerdict | null}} ClaimDocument
 *
 * @typedef {{start: number, end: number}} Interval in nanoseconds
 */
export {};
