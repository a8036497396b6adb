import { askedFor } from "./asked_for.js";
import { fill, find, h } from "./dom.js";
import { ticking } from "./format.js";
import { CALLER_GROUPS, WAY_GROUPS, inGroups } from "./groups.js";
/** @import { Catalogue, Caller, Way, Combination, Experiment } from "./types.js" */

/**
 * The form: caller, way, receivers and options, as the catalogue lists them, with a word on combinations that Django refuses.
 */
export class ExperimentForm {
  #form;
  /** @type {Map<string, Combination>} */
  #combinations = new Map();
  #catalogue;
  /** Whether it says what is to be expected of what is chosen. */
  #tells = true;

  /** @param {HTMLFormElement} form @param {Catalogue} catalogue @param {(experiment: Experiment) => void} run */
  constructor(form, catalogue, run) {
    this.#form = form;
    this.#catalogue = catalogue;
    for (const one of catalogue.combinations) this.#combinations.set(`${one.caller} ${one.way} ${one.receivers}`, one);
    fillOptions(find("[name=caller]", form), catalogue.callers, CALLER_GROUPS);
    fillOptions(find("[name=way]", form), catalogue.ways, WAY_GROUPS);
    this.#input("delay_ms").max = String(catalogue.limits?.delay_ms ?? 10_000);
    this.#input("concurrency").max = String(catalogue.limits?.concurrency ?? 1);
    for (const type of ["input", "change"]) form.addEventListener(type, () => this.#describe());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(this.value);
    });
    this.enable(true);
    this.set({ caller: "async-view", way: "sync_to_async", receivers: "sync", ...askedFor(catalogue, location.search) });
  }

  /** @returns {Experiment} */
  get value() {
    const data = new FormData(this.#form);
    return {
      caller: String(data.get("caller")),
      way: String(data.get("way")),
      receivers: String(data.get("receivers")),
      atomic: data.has("atomic"),
      delay_ms: Number(data.get("delay_ms")),
      fail: String(data.get("fail")) || null,
      concurrency: Math.min(Number(this.#input("concurrency").value), this.#mostAtOnce(String(data.get("caller")))),
    };
  }

  /** @param {Partial<Experiment>} experiment */
  set(experiment) {
    for (const [name, value] of Object.entries(experiment)) {
      const field = /** @type {any} */ (this.#form.elements.namedItem(name));
      if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = Boolean(value);
      else if (field) field.value = value ?? "";
    }
    this.#describe();
  }

  /** @param {boolean} tells */
  tell(tells) {
    this.#tells = tells;
    this.#describe();
  }

  /** @param {boolean} enabled */
  enable(enabled) {
    find("fieldset", this.#form).disabled = !enabled;
  }

  /** @param {string} slug */
  caller(slug) {
    return this.#catalogue.callers.find((one) => one.slug === slug);
  }

  /** A command is a process with one main thread. @param {string} caller */
  #mostAtOnce(caller) {
    return this.caller(caller)?.concurrency ?? 1;
  }

  #describe() {
    const { caller, way, receivers, delay_ms, atomic, concurrency } = this.value;
    const ofWay = this.#catalogue.ways.find((one) => one.slug === way);
    find("#caller-summary").textContent = (this.#tells && this.caller(caller)?.summary) || "";
    find("#way-summary").textContent = (this.#tells && ofWay?.summary) || "";
    find("#delay").textContent = ticking(delay_ms * 1e6);
    find("#at-once").textContent = String(concurrency);
    this.#input("concurrency").disabled = this.#mostAtOnce(caller) === 1;
    this.#warn(this.#combinations.get(`${caller} ${way} ${receivers}`), atomic);
    this.#markRefused();
  }

  /** @param {Combination | undefined} combination @param {boolean} atomic */
  #warn(combination, atomic) {
    const warning = find("#refused");
    const refused = this.#isRefused(combination, atomic);
    warning.hidden = !refused;
    if (refused) fill(warning, refusal(combination?.reason ?? "no reason is known."), " Run it to see how.");
  }

  /** In the list of ways, those which this caller cannot use. */
  #markRefused() {
    const { caller, receivers, atomic } = this.value;
    for (const option of /** @type {Iterable<HTMLOptionElement>} */ (this.#form.querySelectorAll("[name=way] option"))) {
      const one = this.#combinations.get(`${caller} ${option.value} ${receivers}`);
      option.textContent = `${option.dataset.title}${this.#isRefused(one, atomic) ? "  (refused)" : ""}`;
    }
  }

  /** As far as it tells. @param {Combination | undefined} combination @param {boolean} atomic */
  #isRefused(combination, atomic) {
    return this.#tells && combination !== undefined && !(atomic ? combination.valid_in_transaction : combination.valid);
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}

/** @param {string} reason a sentence that may say itself who refuses */
function refusal(reason) {
  const lead = "Django refuses";
  const rest = reason.startsWith(lead) ? reason.slice(lead.length) : ` this: ${reason}`;
  return h("span", {}, h("strong", {}, lead), rest);
}

/** @param {HTMLSelectElement} select @param {(Caller | Way)[]} items @param {(string | string[])[][]} groups */
function fillOptions(select, items, groups) {
  const optgroups = inGroups(items, groups).map(({ label, members }) => h("optgroup", { label }, members.map(toOption)));
  fill(select, optgroups);
}

/** @param {Caller | Way} item */
function toOption({ slug, title }) {
  return h("option", { value: slug, dataset: { title } }, title);
}
