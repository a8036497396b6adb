/** @import { Catalogue, Caller, RunDocument, RunSummary, Experiment } from "./types.js" */
/** @import { Comparison, MapAnswer } from "./map/types.js" */

/** What the server refused or could not do, as the one sentence that it said. */
export class Refusal extends Error {
  /** @param {string} message @param {number} [status] */
  constructor(message, status = 0) {
    super(message);
    this.name = "Refusal";
    this.status = status;
  }
}

/** How long a websocket is waited for, beyond what its callers may take one after the other. */
const SOCKET_ANSWER_MS = 60_000;

/** @returns {Promise<Catalogue>} */
export function fetchCatalogue() {
  return fetchJson("/api/experiments/");
}

/** @param {number} limit @returns {Promise<{runs: RunSummary[], total: number}>} */
export function fetchRuns(limit) {
  return fetchJson(`/api/runs/?limit=${limit}`);
}

/** @param {string} name @returns {Promise<MapAnswer>} */
export function fetchMap(name) {
  return fetchJson(`/api/map/?${new URLSearchParams({ map: name })}`);
}

/** What differs between two maps. @param {string} map @param {string} other @returns {Promise<Comparison>} */
export function fetchDifferences(map, other) {
  return fetchJson(`/api/map/differences/?${new URLSearchParams({ map, with: other })}`);
}

/** What is otherwise in a map that somebody has in a file. @param {string} map @param {File} file @returns {Promise<Comparison>} */
export function postDifferences(map, file) {
  return postJson(`/api/map/differences/?${new URLSearchParams({ map })}`, file);
}

/**
 * Runs an experiment the way its caller is reached.
 * @param {Caller} caller @param {Omit<Experiment, "caller">} options
 * @returns {Promise<RunDocument>}
 */
export function runExperiment(caller, options) {
  return caller.transport === "websocket" ? runOverSocket(caller, options) : runOverHttp(caller, options);
}

/** @param {Caller} caller @param {object} options */
function runOverHttp(caller, options) {
  return postJson(caller.url, JSON.stringify(options));
}

/** @param {string} url @param {string | File} body */
function postJson(url, body) {
  return fetchJson(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") }, body });
}

/** @param {Caller} caller @param {Omit<Experiment, "caller">} options @returns {Promise<RunDocument>} */
function runOverSocket(caller, options) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/experiments/${caller.slug}/`);
    const fail = (/** @type {Refusal} */ refusal) => {
      reject(refusal);
      socket.close();
    };
    const patience = SOCKET_ANSWER_MS + 2 * options.delay_ms * (options.concurrency ?? 1);
    const timer = setTimeout(() => fail(new Refusal(`The ${caller.title} has not answered for ${Math.round(patience / 1_000)} s.`)), patience);
    socket.addEventListener("open", () => socket.send(JSON.stringify(options)));
    socket.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(data);
      if (answer.error) return fail(new Refusal(answer.error, answer.status));
      resolve(answer);
      return socket.close(1000);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      clearTimeout(timer);
      reject(new Refusal(reason || `The server closed the ${caller.title}'s socket (code ${code}) before it answered.`));
    });
  });
}

/** @param {string} url @param {RequestInit} [options] @returns {Promise<any>} */
async function fetchJson(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch {
    throw new Refusal("The server could not be reached. Is it still running?");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  throw new Refusal(answer?.error ?? refusalFor(response), response.status);
}

/** @param {Response} response */
function refusalFor(response) {
  switch (response.status) {
    case 403: return "The server refused the request (403): the CSRF token is missing or stale. Reload the page.";
    case 404: return "The server knows nothing at this address (404).";
    case 413: return "The request was too large (413).";
    case 429: return `Too many experiments at once (429). Try again in ${response.headers.get("Retry-After") ?? "a few"} s.`;
    default: return `The server answered ${response.status} ${response.statusText}`.trim() + ".";
  }
}

/** @param {string} name */
function cookie(name) {
  const pair = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}
