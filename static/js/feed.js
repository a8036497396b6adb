import { LiveSocket } from "./socket.js";
/** @import { Batch } from "./types.js" */
/** @import { SpanStore } from "./store.js" */
/** @import { ServerClock } from "./clock.js" */

const MOST_HELD_BACK = 2_000;
const SILENT_AFTER_MS = 1_600;
const STATS_EVERY_MS = 1_000;

/**
 * From the socket into the store, and what is known about the connection. While paused, batches wait outside the store, so that the picture
 * stands still and can be looked at.
 */
export class Feed {
  /** @type {any} */
  hello = null;
  /** @type {any} */
  stats = null;
  /** @type {{from: number, to: number, why: string}[]} */
  gaps = [];
  batches = 0;
  paused = false;
  /** @type {Batch[]} */
  #heldBack = [];
  #store;
  #clock;
  #changed;

  /** @param {SpanStore} store @param {ServerClock} clock @param {(feed: Feed) => void} changed */
  constructor(store, clock, changed) {
    this.#store = store;
    this.#clock = clock;
    this.#changed = () => changed(this);
    this.socket = new LiveSocket(liveUrl(), {
      state: () => this.#stateChanged(),
      hello: (hello, sameServer) => this.#greet(hello, sameServer),
      batch: (batch) => this.#take(batch),
      gap: (gap) => this.#gap(gap),
      stats: (stats) => this.#setStats(stats),
      error: (error) => console.warn("live stream:", error),
    });
  }

  get held() {
    return this.#heldBack.length;
  }

  /** For how long the server's event loop has owed its sign of life; 0 while it is on time. */
  get silentMs() {
    const silent = performance.now() - this.socket.heardAt;
    return this.socket.state === "live" && silent > SILENT_AFTER_MS ? silent - STATS_EVERY_MS : 0;
  }

  /** @param {boolean} paused */
  pause(paused) {
    this.paused = paused;
    if (!paused) this.#heldBack.splice(0).forEach((batch) => this.#store.take(batch));
    this.#changed();
  }

  /** @param {any} hello @param {boolean} sameServer */
  #greet(hello, sameServer) {
    this.hello = hello;
    if (!sameServer) this.#store.abandon(this.#clock.now(), (span) => !isAmong(hello.processes, span.process));
    this.#clock.set(hello.clock);
    this.#store.setProcesses(hello.processes);
    for (const thread of hello.threads) this.#store.addThread(thread);
    this.#changed();
  }

  /** @param {Batch} batch */
  #take(batch) {
    this.batches += 1;
    this.#clock.observe(newestMoment(batch));
    // A process that was not there at the greeting is a command: servers greet for themselves.
    if (!this.#store.processes.get(batch.process)) this.#store.processes.set(batch.process, "command");
    if (!this.paused) this.#store.take(batch);
    else if (this.#heldBack.push(batch) > MOST_HELD_BACK) this.#heldBack.shift();
    if (this.paused) this.#changed();
  }

  /** What ran at a gap may have ended inside it; a later `ended` corrects this. @param {{from: number, to: number, why: string}} gap */
  #gap(gap) {
    this.gaps = [...this.gaps.slice(-19), gap];
    this.#store.abandon(this.#clock.now());
    this.#changed();
  }

  #stateChanged() {
    if (this.socket?.state === "reconnecting") this.#store.abandon(this.#clock.now());
    this.#changed();
  }

  /** @param {any} stats */
  #setStats(stats) {
    this.stats = stats;
    this.#changed();
  }
}

/** @param {{process: number}[]} processes @param {number} process */
function isAmong(processes, process) {
  return processes.some((one) => one.process === process);
}

/** @param {Batch} batch */
function newestMoment({ begun, ended }) {
  let newest = -Infinity;
  for (const span of begun) newest = Math.max(newest, span.start_ns, span.end_ns ?? 0);
  for (const span of ended) newest = Math.max(newest, span.end_ns);
  return newest;
}

function liveUrl() {
  return `${location.origin.replace(/^http/, "ws")}/ws/live/`;
}
