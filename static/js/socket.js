/** @import { Batch } from "./types.js" */

/**
 * The connection to /ws/live/ as a state machine. It reconnects for ever; that is the normal life of a page.
 *
 *   connecting ── hello ──▶ live ── close ──▶ reconnecting ── after a pause ──▶ connecting
 *
 * After `hello` of the same server it resumes from the batch after the last one taken; another server numbers its batches anew.
 *
 * @typedef {"connecting" | "live" | "reconnecting"} State
 *
 * @typedef {object} Handlers
 * @property {(state: State) => void} state
 * @property {(hello: any, sameServer: boolean) => void} hello
 * @property {(batch: Batch) => void} batch
 * @property {(gap: {from: number, to: number, why: string}) => void} gap
 * @property {(stats: any) => void} stats
 * @property {(error: string) => void} error
 */
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 8_000;
const GROWTH = 1.7;
const ACK_EVERY_MS = 100;
const ACK_EVERY_BATCHES = 16;
const FILL_GAP_AFTER_MS = 500;
const FILL_GAP_EVERY_MS = 3_000;
const DEAD_AFTER_MS = 30_000;

export class LiveSocket {
  /** @type {State} */
  state = "connecting";
  /** When the next attempt is due, on performance.now()'s clock. */
  retryAt = 0;
  /** When a frame was last heard. */
  heardAt = 0;
  /** @type {WebSocket | null} */
  #socket = null;
  #url;
  #handlers;
  #attempts = 0;
  /** @type {number | null} */
  #server = null;
  #last = 0;
  #unacknowledged = 0;
  #ackTimer = 0;
  #retryTimer = 0;
  #filledAt = -Infinity;

  /** @param {string} url @param {Handlers} handlers */
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
    addEventListener("online", () => this.state === "reconnecting" && this.connect());
    setInterval(() => this.#closeDead(), 1_000);
  }

  connect() {
    clearTimeout(this.#retryTimer);
    this.#enter("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.heardAt = performance.now();
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#closed(event));
  }

  /** @param {object} frame */
  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** @param {string} data */
  #receive(data) {
    this.heardAt = performance.now();
    const frame = JSON.parse(data);
    switch (frame.type) {
      case "hello": return this.#hello(frame);
      case "batch": return this.#batch(frame);
      case "gap": return this.#gap(frame);
      case "stats": return this.#handlers.stats(frame);
      case "error": return this.#handlers.error(frame.error);
      default: return undefined;
    }
  }

  /** @param {any} hello */
  #hello(hello) {
    const first = this.#server === null;
    const same = this.#server === hello.server;
    this.#server = hello.server;
    this.#attempts = 0;
    this.#handlers.hello(hello, same || first);
    this.#enter("live");
    if (first) this.#last = hello.newest;
    else this.#catchUp(same ? this.#last + 1 : hello.oldest, hello);
  }

  /** @param {number} from @param {{oldest: number, newest: number}} hello */
  #catchUp(from, { newest }) {
    this.#last = Math.max(from - 1, 0);
    if (newest > 0 && from <= newest) this.send({ type: "resume", from: Math.max(1, from) });
  }

  /** @param {Batch} batch */
  #batch(batch) {
    if (this.#last && batch.sequence > this.#last + 1) this.#fill(this.#last + 1);
    this.#last = Math.max(this.#last, batch.sequence);
    this.#handlers.batch(batch);
    this.#acknowledge();
  }

  /** @param {{from: number, to: number, why: string}} gap */
  #gap(gap) {
    this.#last = Math.max(this.#last, gap.to);
    this.#handlers.gap(gap);
    this.#acknowledge();
    if (gap.why !== "journal") setTimeout(() => this.#fill(gap.from), FILL_GAP_AFTER_MS);
  }

  /** Asks once in a while only: a client that is too slow must not be sent everything twice. @param {number} from */
  #fill(from) {
    if (performance.now() - this.#filledAt < FILL_GAP_EVERY_MS) return;
    this.#filledAt = performance.now();
    this.send({ type: "resume", from });
  }

  #acknowledge() {
    this.#unacknowledged += 1;
    if (this.#unacknowledged >= ACK_EVERY_BATCHES) this.#ack();
    else this.#ackTimer ||= setTimeout(() => this.#ack(), ACK_EVERY_MS);
  }

  #ack() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = 0;
    this.#unacknowledged = 0;
    this.send({ type: "ack", sequence: this.#last });
  }

  /** @param {CloseEvent} event */
  #closed(event) {
    this.#socket = null;
    const crowded = event.code === 4429 ? 4 : 1;
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * GROWTH ** this.#attempts * crowded) * (0.7 + Math.random() * 0.6);
    this.#attempts += 1;
    this.retryAt = performance.now() + wait;
    this.#retryTimer = setTimeout(() => this.connect(), wait);
    this.#enter("reconnecting");
  }

  /** A blocked loop is silent for seconds and comes back; a network that went away never does. */
  #closeDead() {
    if (this.state !== "live" || performance.now() - this.heardAt < DEAD_AFTER_MS) return;
    const socket = this.#socket;
    this.#closed(new CloseEvent("close", { code: 1006 }));
    socket?.close();
  }

  /** @param {State} state */
  #enter(state) {
    this.state = state;
    this.#handlers.state(state);
  }
}
