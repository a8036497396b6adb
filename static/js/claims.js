import { fetchCatalogue, fetchClaim, runExperiment } from "./api.js";
import { find } from "./dom.js";
import { plural } from "./format.js";
/** @import { Catalogue, ClaimVerdict, Experiment } from "./types.js" */

/** The page of the claims: each is run here, and judged by the server. */

/** One claim: its button, its stamp, and what was seen. */
class ClaimCard {
  #element;
  #button;
  #experiments;
  #catalogue;

  /** @param {HTMLElement} element @param {Experiment[]} experiments @param {Catalogue} catalogue */
  constructor(element, experiments, catalogue) {
    this.#element = element;
    this.#experiments = experiments;
    this.#catalogue = catalogue;
    this.#button = find(".run-claim", element);
  }

  get button() {
    return this.#button;
  }

  get text() {
    return find("q", this.#element).textContent;
  }

  scrollIntoView() {
    this.#element.scrollIntoView({ block: "center" });
  }

  /** Runs what decides it. What goes wrong stands in the card. @returns {Promise<ClaimVerdict | null>} */
  async run() {
    const before = this.#element.dataset.answer;
    this.#begin();
    try {
      const runs = [];
      for (const experiment of this.#experiments) {
        // One after the other: they must not wait for each other's threads.
        // oxlint-disable-next-line no-await-in-loop
        runs.push((await this.#runOne(experiment)).id);
      }
      const { verdict } = await fetchClaim(this.#element.id, runs);
      if (verdict) this.#show(verdict);
      return verdict;
    } catch (error) {
      this.#stamp(before ?? "not_run");
      this.#notice(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  /** @param {Experiment} experiment */
  #runOne({ caller: slug, ...options }) {
    const caller = this.#catalogue.callers.find((one) => one.slug === slug);
    if (!caller) throw new Error(`This server has no caller ${slug}.`);
    return runExperiment(caller, options);
  }

  #begin() {
    this.#notice("");
    this.#stamp("running");
  }

  /** @param {ClaimVerdict} verdict */
  #show({ answer, because, environment, runs }) {
    this.#stamp(answer);
    find(".because-text", this.#element).textContent = because;
    const version = this.#element.querySelector(".django");
    if (version) version.textContent = `Django ${environment.django}`;
    const links = this.#element.querySelectorAll(".decided-by a");
    for (const [at, { url }] of runs.entries()) links[at].setAttribute("href", url);
    find(".judged", this.#element).hidden = false;
    find(".again", this.#button).textContent = "Run again";
  }

  /** @param {string} answer */
  #stamp(answer) {
    this.#element.dataset.answer = answer;
    find(".stamp", this.#element).dataset.answer = answer;
    this.#element.setAttribute("aria-busy", String(answer === "running"));
  }

  /** @param {string} sentence */
  #notice(sentence) {
    const notice = find(".notice", this.#element);
    notice.hidden = !sentence;
    notice.textContent = sentence;
  }
}

/** All of them, one after the other, with a button that stops between two. */
class RunAll {
  #cards;
  #button = find("#run-all");
  #running = false;

  /** @param {ClaimCard[]} cards */
  constructor(cards) {
    this.#cards = cards;
  }

  offer() {
    this.#button.disabled = false;
    this.#button.addEventListener("click", () => (this.#running ? this.#stop() : this.#run()));
  }

  async #run() {
    this.#begin();
    let done = 0;
    for (const card of this.#cards) {
      if (!this.#running) break;
      this.#tell(done, card.text);
      // oxlint-disable-next-line no-await-in-loop
      const verdict = await card.run();
      countVerdicts();
      if (!verdict) {
        card.scrollIntoView();
        break;
      }
      done += 1;
    }
    this.#end(done);
  }

  #stop() {
    this.#running = false;
    this.#button.disabled = true;
  }

  #begin() {
    this.#running = true;
    this.#button.textContent = "Stop";
    for (const { button } of this.#cards) button.disabled = true;
    find("#claims-progress").hidden = false;
  }

  /** @param {number} done @param {string} text */
  #tell(done, text) {
    find("#claims-progress progress").value = done;
    find("#claims-progress-text").textContent = `${done + 1} of ${this.#cards.length}: ${text}`;
  }

  /** @param {number} done */
  #end(done) {
    this.#running = false;
    this.#button.textContent = "Run all";
    this.#button.disabled = false;
    for (const { button } of this.#cards) button.disabled = false;
    find("#claims-progress").hidden = true;
    say(`${plural(done, "claim")} of ${this.#cards.length} have been run.`);
  }
}

/** The numbers above, from the cards below. */
function countVerdicts() {
  for (const item of /** @type {Iterable<HTMLElement>} */ (document.querySelectorAll(".tally [data-count]"))) {
    const count = document.querySelectorAll(`.claim[data-answer=${item.dataset.answer}]`).length;
    item.dataset.count = String(count);
    find("b", item).textContent = String(count);
  }
}

/** For those who listen to the page. @param {string} sentence */
function say(sentence) {
  find("#said").textContent = sentence;
}

/** @param {ClaimCard} card */
async function runAlone(card) {
  card.button.disabled = true;
  const verdict = await card.run();
  card.button.disabled = false;
  countVerdicts();
  if (verdict) say(`${verdict.answer}: ${verdict.because}`);
}

/** @param {Catalogue} catalogue */
function offerAll(catalogue) {
  const experiments = JSON.parse(find("#experiments").textContent);
  const elements = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".claim")]);
  const cards = elements.map((element) => new ClaimCard(element, experiments[element.id], catalogue));
  for (const card of cards) {
    card.button.disabled = false;
    card.button.addEventListener("click", () => runAlone(card));
  }
  new RunAll(cards).offer();
  document.documentElement.dataset.ready = "true";
}

async function start() {
  try {
    offerAll(await fetchCatalogue());
  } catch (error) {
    const notice = find("#notice");
    notice.hidden = false;
    notice.textContent = error instanceof Error ? error.message : String(error);
  }
}

start();
