import { fill, find, h } from "../dom.js";
import { ago, plural } from "../format.js";
import { FILE, HERE } from "./view.js";
/** @import { Comparison, Head, MapAnswer } from "./types.js" */
/** @import { View } from "./view.js" */

/** What decides about a cell, beside the server that is started for it. */
const VERSIONS = ["python", "django", "asgiref", "channels", "database"];

/**
 * The switches above the table, and what they are about: which map, measured when and on what.
 *
 * @typedef {object} Handlers
 * @property {(change: Partial<View>) => void} change
 * @property {(file: File) => void} chooseFile
 * @property {() => void} measure the whole map
 *
 * @typedef {object} State
 * @property {View} view
 * @property {string[] | null} servers
 * @property {boolean} isMeasuring
 * @property {Comparison | null} comparison
 * @property {File | null} file
 * @property {{cells: number, differing: number}} shares
 */
export class Controls {
  #form = find("#view");
  #measure = find("#measure");
  #server = find("#server");
  /** @type {MapAnswer | null} */
  #answer = null;

  /** @param {Handlers} handlers */
  constructor({ change, chooseFile, measure }) {
    const form = this.#form;
    form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
    form.addEventListener("change", ({ target }) => {
      if (target.name === "file") chooseFile(target.files[0]);
      else change(this.#read());
    });
    this.#measure.addEventListener("click", measure);
    find("#look-meanwhile").addEventListener("click", () => change({ map: this.#answer?.nearest ?? HERE }));
  }

  /** The kind of server that is chosen to measure with. */
  get server() {
    return this.#server.value;
  }

  /** @returns {Partial<View>} */
  #read() {
    const data = new FormData(this.#form);
    const other = String(data.get("with") ?? "");
    return {
      receivers: String(data.get("receivers")),
      atomic: data.get("atomic") === "on",
      differing: data.has("differing"),
      map: String(data.get("map")),
      other,
      changed: data.has("changed") && other !== "",
    };
  }

  /** @param {MapAnswer} answer */
  setMaps(answer) {
    this.#answer = answer;
    const options = answer.committed.map((head) => h("option", { value: head.name }, titleOf(head)));
    fill(find("[name=map]"), h("option", { value: HERE }, "measured here"), h("optgroup", { label: "from docs/maps" }, options));
    fill(
      find("[name=with]"),
      h("option", { value: "" }, "no other map"),
      h("option", { value: HERE }, "measured here"),
      h("optgroup", { label: "from docs/maps" }, options.map((option) => option.cloneNode(true))),
      h("option", { value: FILE, disabled: true, hidden: true }, "a file"),
    );
    this.#describe(answer);
  }

  /** @param {State} state */
  show({ view, servers, isMeasuring, comparison, file, shares }) {
    const form = this.#form.elements;
    form.receivers.value = view.receivers;
    form.atomic.value = view.atomic ? "on" : "off";
    form.differing.checked = view.differing;
    form.map.value = view.map;
    const chosen = find("[name=with] option[value=file]");
    chosen.hidden = chosen.disabled = file === null;
    if (file) chosen.textContent = file.name;
    form.with.value = view.other;
    if (form.with.selectedIndex < 0) form.with.value = "";
    form.changed.checked = view.changed;
    find("#changed").hidden = comparison === null;
    find("#differing-count").textContent = shares.cells ? `${shares.differing} of ${shares.cells} differ` : "";
    find("#changed-count").textContent = comparison ? `${plural(comparison.differing, "cell differs", "cells differ")} in all` : "";
    this.#showServers(servers, isMeasuring);
  }

  /** @param {string[] | null} servers @param {boolean} isMeasuring */
  #showServers(servers, isMeasuring) {
    const here = this.#answer?.environment.server.split(" ")[0] ?? "";
    if (servers && this.#server.options.length !== servers.length) {
      fill(this.#server, servers.map((slug) => h("option", { value: slug }, slug)));
      this.#server.value = servers.includes(here) ? here : servers[0];
    }
    find("#empty").hidden = isMeasuring || this.#answer?.map !== null;
    find("#under").hidden = isMeasuring || (servers?.length ?? 0) < 2;
    this.#measure.hidden = isMeasuring;
    this.#measure.disabled = servers === null;
    find("#offline").hidden = servers !== null;
  }

  /** @param {MapAnswer} answer */
  #describe({ map, environment, nearest, committed }) {
    const isHere = map === null || map.name === HERE;
    find("#look-meanwhile").hidden = nearest === null;
    const near = committed.find(({ name }) => name === nearest);
    if (near) find("#nearest").textContent = titleOf(near);
    this.#measure.textContent = map === null ? "Measure" : "Measure anew";
    find("#download").hidden = map === null;
    find("#download").href = `/map.json?${new URLSearchParams({ map: map?.name ?? HERE })}`;
    fill(find("#about"), map && about(map));
    const other = map && isHere ? VERSIONS.filter((name) => map.environment[name] !== environment[name]) : [];
    const outdated = find("#outdated");
    outdated.hidden = other.length === 0;
    outdated.textContent = `Measured with ${other.map((name) => `${name} ${map?.environment[name]}`).join(", ")}; this server has ${other.map((name) => environment[name]).join(", ")}. Measure it anew to see what holds here.`;
  }

  /** Whether cells that are measured now can be put into the map. @param {MapAnswer} answer */
  fits({ map, environment }) {
    return map === null || VERSIONS.every((name) => map.environment[name] === environment[name]);
  }

  /** What a map is called that this one is compared with. @param {Comparison} comparison */
  titleOf({ name, environment }) {
    return name === HERE ? "the map measured here" : titleOf({ environment });
  }
}

/** @param {Pick<Head, "environment">} head */
function titleOf({ environment }) {
  const [python, django] = [environment.python, environment.django].map((version) => version.split(".").slice(0, 2).join("."));
  const [server, version, ...rest] = environment.server.split(" ");
  return `Python ${python}, Django ${django}, ${[server, ...rest].join(" ")} ${version}`;
}

/** @param {Head} map */
function about({ environment, measured }) {
  const { python, django, asgiref, channels, server, database } = environment;
  const when = measured.at ? new Date(measured.at) : null;
  return [
    `Python ${python} · Django ${django} · asgiref ${asgiref} · channels ${channels} · ${server} · ${database}`,
    h("br"),
    when ? ["Measured ", h("time", { datetime: measured.at, title: when.toLocaleString() }, ago(when)), " ago"] : "Measured for docs/maps",
    `, in ${Math.round(measured.seconds)} s`,
    !measured.whole && ", some of its cells",
    ".",
  ].flat();
}
