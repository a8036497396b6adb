import { fetchCatalogue, fetchRuns, runExperiment } from "./api.js";
import { ServerClock } from "./clock.js";
import { showCode } from "./code.js";
import { fill, find, h } from "./dom.js";
import { ExperimentForm } from "./experiment.js";
import { Feed } from "./feed.js";
import { Follow } from "./follow.js";
import { experimentTitle, plural } from "./format.js";
import { outcomeOf } from "./outcomes.js";
import { PredictFirst } from "./predict.js";
import { Provisional } from "./provisional.js";
import { RunLinks } from "./run_links.js";
import { refreshTimes, showRuns } from "./runs.js";
import { isExperiment } from "./select.js";
import { Stage } from "./stage.js";
import { Status } from "./status.js";
import { SpanStore } from "./store.js";
import { showVerdict } from "./verdict.js";
/** @import { Catalogue, Experiment, RunDocument, Span } from "./types.js" */
/** @import { Prediction } from "./questions.js" */

/** The laboratory page: a form, a live picture, and the answers of the last run. */

const RUNS_SHOWN = 12;
const REFRESH_RUNS_MS = 200;
const PROVISIONAL_EVERY_MS = 100;
const SPARE_NS = 80e6;

/** @typedef {{since: number, prediction: Prediction | null}} Pending */

class Laboratory {
  #store = new SpanStore();
  #clock = new ServerClock();
  #follow = new Follow(this.#store, () => this.#clock.now());
  #feed = new Feed(this.#store, this.#clock, () => this.#feedChanged());
  #status = new Status(this.#feed);
  #stage = new Stage(
    {
      store: this.#store,
      now: () => this.#clock.now(),
      target: () => this.#follow.target(),
      origin: () => this.#follow.origin,
      live: true,
      silentSince: () => (this.#feed.silentMs ? this.#clock.now() - this.#feed.silentMs * 1e6 : null),
    },
    { p: () => this.#pause(!this.#feed.paused), l: () => this.#stage.viewport.follow(true) },
  );
  #provisional = new Provisional(find("#verdict"), this.#store);
  #links = new RunLinks(find("#run-links"));
  /** @type {ExperimentForm | null} */
  #form = null;
  /** @type {Catalogue | null} */
  #catalogue = null;
  /** @type {PredictFirst | null} */
  #predict = null;
  /** @type {Set<Pending>} runs that have not answered yet */
  #pending = new Set();
  /** @type {Pending | null} the run that was asked for last: the verdict is about it */
  #latest = null;
  #refresh = 0;

  async start() {
    this.#bindTools();
    this.#store.subscribe(({ begun, ended }) => this.#seen(begun, ended));
    this.#feed.socket.connect();
    setInterval(() => this.#showProvisional(), PROVISIONAL_EVERY_MS);
    setInterval(() => refreshTimes(find("#runs")), 5_000);
    await Promise.all([this.#loadCatalogue(), this.#loadRuns()]);
  }

  async #loadCatalogue() {
    try {
      this.#catalogue = await fetchCatalogue();
    } catch (error) {
      this.#notice(error);
      setTimeout(() => this.#loadCatalogue(), 3_000);
      return;
    }
    this.#notice(null);
    this.#form = new ExperimentForm(find("#experiment"), this.#catalogue, (experiment) => this.#ask(experiment));
    this.#predict = new PredictFirst({ switched: () => this.#tellOrNot(), closed: () => this.#form?.enable(true) });
    this.#tellOrNot();
    for (const button of document.querySelectorAll("button[data-caller]")) this.#bindPreset(/** @type {HTMLButtonElement} */ (button));
    document.documentElement.dataset.ready = "true";
  }

  async #loadRuns() {
    try {
      const { runs, total } = await fetchRuns(RUNS_SHOWN);
      showRuns(find("#runs tbody"), runs);
      find("#runs-total").textContent = plural(total, "run");
      find("#no-runs").hidden = runs.length > 0;
    } catch {
      // The list is refreshed with the next run; the notice is for what the user asked for.
    }
  }

  /** @param {HTMLButtonElement} button */
  #bindPreset(button) {
    const way = this.#catalogue?.ways.find(({ slug }) => slug === button.dataset.way);
    if (way) find("code", button).textContent = way.title;
    button.disabled = false;
    button.addEventListener("click", () => {
      const { caller, way: slug, receivers } = button.dataset;
      this.#form?.set({ caller, way: slug, receivers, fail: null, concurrency: 1 });
      if (this.#form) this.#ask(this.#form.value);
    });
  }

  #bindTools() {
    find("#follow").addEventListener("click", () => this.#stage.viewport.follow(!this.#stage.viewport.following));
    find("#pause").addEventListener("click", () => this.#pause(!this.#feed.paused));
    find("#everything").addEventListener("change", (/** @type {any} */ event) => {
      this.#follow.everything = event.target.checked;
      this.#stage.showEverything(event.target.checked);
    });
    this.#stage.picture.afterDraw.push(() => find("#follow").setAttribute("aria-pressed", String(this.#stage.viewport.following)));
  }

  /** @param {boolean} paused */
  #pause(paused) {
    this.#stage.picture.pause(paused);
    this.#feed.pause(paused);
  }

  /** Runs it; in the mode that predicts first, after the questions. @param {Experiment} experiment */
  #ask(experiment) {
    if (!this.#predict?.on) {
      this.#run(experiment, null);
      return;
    }
    this.#form?.enable(false);
    find("#code-title").textContent = "Code that will run";
    if (this.#catalogue) showCode(find("#code"), this.#catalogue, experiment);
    const back = () => find("#experiment button[type=submit]").focus({ preventScroll: true });
    const answer = (/** @type {Prediction | null} */ prediction) => {
      back();
      this.#run(experiment, prediction);
    };
    const about = { what: experimentTitle(experiment), receivers: experiment.receivers, run: "Run it and see", skip: "Just run it" };
    this.#predict.ask(about, { answer, leave: back });
  }

  #tellOrNot() {
    this.#form?.tell(!this.#predict?.on);
  }

  /** @param {Experiment} experiment @param {Prediction | null} prediction */
  async #run(experiment, prediction) {
    const caller = this.#form?.caller(experiment.caller);
    if (!caller || !this.#catalogue) return;
    const { caller: _slug, ...options } = experiment;
    const pending = { since: this.#clock.now(), prediction };
    this.#begin(pending, experiment);
    try {
      const run = await runExperiment(caller, options);
      this.#store.takeRun(run);
      this.#finish(pending);
      if (pending === this.#latest) this.#showRun(run, prediction);
    } catch (error) {
      this.#finish(pending);
      if (pending === this.#latest) this.#showNothing();
      this.#notice(error);
    }
    this.#refreshRuns();
  }

  /** @param {Pending} pending @param {Experiment} experiment */
  #begin(pending, experiment) {
    if (this.#feed.paused) this.#pause(false);
    this.#notice(null);
    this.#pending.add(pending);
    this.#follow.expect(expectedNs(experiment));
    this.#stage.viewport.follow(true);
    this.#stage.focus.clear();
    this.#provisional.reset();
    this.#links.clear();
    this.#leaveEmptyState(experiment);
    this.#showBusy();
    if (pending.prediction) this.#predict?.show(pending.prediction);
    else this.#predict?.clear();
    find("#code-title").textContent = "Code that ran";
    if (this.#catalogue) showCode(find("#code"), this.#catalogue, experiment);
    this.#latest = pending;
  }

  /** @param {Pending} pending */
  #finish(pending) {
    this.#pending.delete(pending);
    if (!this.#pending.size) this.#follow.settle();
    this.#stage.picture.invalidate();
    this.#showBusy();
  }

  /** @param {Experiment} experiment */
  #leaveEmptyState(experiment) {
    find("#empty").hidden = true;
    find("#verdict-title").textContent = experimentTitle(experiment);
    const stage = find("#stage");
    const { top, bottom } = stage.getBoundingClientRect();
    if (top > innerHeight * 0.7 || bottom < innerHeight * 0.3) stage.scrollIntoView({ block: "start" });
  }

  #showBusy() {
    const count = this.#pending.size;
    const held = [...this.#pending].some(({ prediction }) => prediction !== null);
    const button = find("#experiment button[type=submit]");
    find("span", button).textContent = count ? `Running${count > 1 ? ` ${count}` : ""}…${held ? "" : " run another"}` : "Run it";
    button.classList.toggle("busy", count > 0);
    find("#verdict").setAttribute("aria-busy", String(count > 0));
    this.#hold(held);
  }

  /** One prediction at a time: while it is put to the test, nothing else is run. @param {boolean} held */
  #hold(held) {
    for (const button of document.querySelectorAll("#experiment button[type=submit], button[data-caller]")) {
      /** @type {HTMLButtonElement} */ (button).disabled = held;
    }
  }

  /** @param {RunDocument} run @param {Prediction | null} prediction */
  #showRun(run, prediction) {
    const { process } = run.threads[0] ?? { process: 0 };
    const evidence = {
      run,
      span: (/** @type {number | null} */ id) => this.#store.get(process, id),
      thread: (/** @type {Span | undefined} */ span) => span && this.#store.threads.get(span.lane),
      point: (/** @type {Span[]} */ spans) => this.#stage.point(spans),
    };
    if (prediction) this.#predict?.judge(prediction, outcomeOf(run), evidence);
    showVerdict(find("#verdict"), evidence);
    if (!this.#catalogue) return;
    this.#links.show(run, this.#catalogue);
    showCode(find("#code"), this.#catalogue, run.experiment, run.verdict.receivers.map(({ name }) => name));
  }

  #showNothing() {
    this.#predict?.clear();
    fill(find("#verdict"), h("p", { class: "note" }, "This run gave no answer."));
  }

  #showProvisional() {
    if (!this.#latest || !this.#pending.has(this.#latest)) return;
    this.#provisional.show(this.#latest.since, this.#clock.now(), this.#feed.silentMs);
    this.#stage.picture.invalidate();
  }

  #feedChanged() {
    this.#status?.show();
    if (this.#feed?.hello) find("#server-process").textContent = `process ${this.#feed.hello.server}`;
    const badge = find("#held");
    badge.hidden = !this.#feed?.paused;
    badge.textContent = `paused · ${plural(this.#feed?.held ?? 0, "batch", "batches")} wait`;
    find("#pause").setAttribute("aria-pressed", String(Boolean(this.#feed?.paused)));
  }

  /** @param {Span[]} begun @param {Span[]} ended */
  #seen(begun, ended) {
    if (begun.some((span) => this.#follow.everything || isExperiment(span))) find("#empty").hidden = true;
    if (ended.some((span) => span.kind === "caller" && span.attributes.run)) this.#refreshRuns();
  }

  #refreshRuns() {
    clearTimeout(this.#refresh);
    this.#refresh = setTimeout(() => this.#loadRuns(), REFRESH_RUNS_MS);
  }

  /** @param {unknown} error */
  #notice(error) {
    const notice = find("#notice");
    notice.hidden = error === null;
    notice.textContent = error instanceof Error ? error.message : "";
  }
}

/** How long the handlers will work; `send` calls the async ones after the sync ones, and consumers take turns. @param {Experiment} experiment */
function expectedNs({ caller, receivers, way, delay_ms, concurrency = 1 }) {
  const inTurn = receivers === "both" && !way.startsWith("asend") ? 2 : 1;
  const turns = caller.endsWith("consumer") ? concurrency : 1;
  return delay_ms * 1e6 * inTurn * turns + SPARE_NS;
}

new Laboratory().start();
