/** @import { Measurement, News } from "./types.js" */

/**
 * The connection to /ws/map/. It asks for what it does not know yet, and is answered as soon as there is something; so a page
 * that was away, or is new, comes to know all of a measurement that is under way.
 *
 * @typedef {object} Handlers
 * @property {(servers: string[] | null) => void} connected with the servers that there are to measure with; null: not connected
 * @property {(news: News, isNew: boolean) => void} news `isNew`: of a measurement that had not been heard of
 * @property {(error: string) => void} error
 */
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 8_000;

export class MapSocket {
  #handlers;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  /** @type {{measurement: string | null, state: string | null, cells: number}} */
  #known = { measurement: null, state: null, cells: 0 };

  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  connect() {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/map/`);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", () => {
      this.#handlers.connected(null);
      setTimeout(() => this.connect(), Math.min(FIRST_RETRY_MS * 2 ** this.#attempts++, LONGEST_RETRY_MS));
    });
  }

  /** @param {string} server @param {Record<string, string[]>} only */
  measure(server, only) {
    this.#say({ type: "measure", server, only });
  }

  cancel() {
    this.#say({ type: "cancel" });
  }

  /** @param {object} frame */
  #say(frame) {
    this.#socket?.send(JSON.stringify(frame));
  }

  #askForMore() {
    this.#say({ type: "more", ...this.#known });
  }

  /** @param {any} frame */
  #hear(frame) {
    if (frame.type === "hello") {
      this.#attempts = 0;
      this.#handlers.connected(frame.servers);
      this.#askForMore();
    } else if (frame.type === "news") {
      this.#learn(frame);
      this.#askForMore();
    } else if (frame.type === "error") {
      this.#handlers.error(frame.error);
    }
  }

  /** @param {News} news */
  #learn(news) {
    const { measurement, first, cells } = news;
    const isNew = measurement !== null && measurement.id !== this.#known.measurement;
    this.#known = { measurement: measurement?.id ?? null, state: measurement?.state ?? null, cells: first + cells.length };
    this.#handlers.news(news, isNew);
  }
}
