import { fetchCatalogue } from "./api.js";
import { showCode } from "./code.js";
import { find } from "./dom.js";
import { RunLinks } from "./run_links.js";
import { beginOf } from "./select.js";
import { Stage } from "./stage.js";
import { SpanStore } from "./store.js";
import { showVerdict } from "./verdict.js";
/** @import { RunDocument, Span } from "./types.js" */

/** The page of one stored run: the laboratory's picture, standing still. */

/** @param {RunDocument} run */
function showStoredRun(run) {
  const store = new SpanStore();
  const process = store.takeRun(run);
  const interval = intervalOf([...store]);
  store.setProcesses([{ process, role: run.experiment.caller.startsWith("command") ? "command" : "server" }]);
  const width = Math.max(interval.end - interval.start, 1e5);
  const view = { start: interval.start - width * 0.025, end: interval.end + width * 0.06 };
  store.abandon(interval.end);
  const stage = new Stage({ store, now: () => interval.end, target: () => view, origin: () => interval.start, live: false, silentSince: () => null });
  stage.picture.invalidate();
  showVerdict(find("#verdict"), {
    run,
    span: (id) => store.get(process, id),
    thread: (span) => span && store.threads.get(span.lane),
    point: (spans) => stage.point(spans),
  });
  // The table is filled on the store's changes, and this store has just seen its last one.
  store.take({ process, threads: [], begun: [], ended: [], pauses: [] });
}

/** From the caller's begin to the last end: a request goes on, and a connection may have been there for hours. @param {Span[]} all */
function intervalOf(all) {
  const spans = all.filter(({ kind }) => kind !== "request");
  const ends = spans.map(({ start_ns, end_ns }) => end_ns ?? start_ns);
  return spans.length ? { start: Math.min(...spans.map(beginOf)), end: Math.max(...ends) } : { start: 0, end: 1e6 };
}

async function start() {
  const run = /** @type {RunDocument} */ (JSON.parse(find("#run-document").textContent));
  showStoredRun(run);
  find("#started").textContent = new Date(run.started_at).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
  const names = run.verdict.receivers.map(({ name }) => name);
  const catalogue = await fetchCatalogue();
  new RunLinks(find("#run-links")).show(run, catalogue);
  showCode(find("#code"), catalogue, run.experiment, names);
  document.documentElement.dataset.ready = "true";
}

start();
