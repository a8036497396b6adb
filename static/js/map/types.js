/**
 * What the map's page reads (docs/protocol.md, "The map's page"). Types only.
 *
 * @typedef {"sender" | "caller" | "event-loop" | "new-loop" | "worker"} Place
 *
 * @typedef {object} Mark one kind of receiver in a cell
 * @property {"sync" | "async"} kind
 * @property {Place} place
 * @property {boolean | null} same_thread_as_caller
 * @property {boolean | null} caller_waited
 * @property {boolean | null} same_connection
 * @property {boolean | null} same_transaction
 * @property {boolean | null} event_loop_free
 *
 * @typedef {{error: string | null, marks: Mark[], side_by_side: boolean}} Glance
 *
 * @typedef {object} Position
 * @property {string} caller
 * @property {string} way
 * @property {string} receivers
 * @property {boolean} atomic
 *
 * @typedef {object} Measured
 * @property {string | null} run
 * @property {Glance} glance
 * @property {string[]} whys one for each mark
 * @property {string | null} error
 * @property {string[]} notes
 * @typedef {Position & Measured} Cell
 *
 * @typedef {{name: keyof Mark, sign: string, yes: string, no: string, unknown: string}} AnswerWords
 * @typedef {{places: Record<Place, {word: string, meaning: string}>, answers: AnswerWords[]}} Words
 *
 * @typedef {object} Head
 * @property {string} name
 * @property {string} server slug of the kind of server
 * @property {Record<string, string>} environment
 * @property {{at?: string, seconds: number, whole: boolean}} measured
 *
 * @typedef {object} MapAnswer
 * @property {Record<string, string>} environment of the server that shows the page
 * @property {Head[]} committed
 * @property {string | null} nearest
 * @property {Words} words
 * @property {Head | null} map
 * @property {Cell[]} cells
 *
 * @typedef {[string, string, string, boolean]} CellKey caller, way, receivers, atomic
 * @typedef {{what: string, here: string, there: string, cells: CellKey[]}} Group
 * @typedef {{name: string, environment: Record<string, string>, differing: number, alone: number, groups: Group[]}} Comparison
 *
 * @typedef {object} Measurement
 * @property {string} id
 * @property {string} server
 * @property {Record<string, string[]>} only empty: the whole map
 * @property {number} total
 * @property {"measuring" | "ending" | "done" | "cancelled" | "failed"} state
 * @property {number | null} remaining_s
 * @property {string | null} error
 *
 * @typedef {{measurement: Measurement | null, first: number, cells: Cell[]}} News
 */
export {};
