import { fetchCatalogue, fetchMap } from "../api.js";
import { find } from "../dom.js";
import { plural } from "../format.js";
import { refreshTimes } from "../runs.js";
import { Cells, keyOf } from "./cells.js";
import { Comparing } from "./comparison.js";
import { Cover } from "./cover.js";
import { Controls } from "./controls.js";
import { Details } from "./details.js";
import { Grid } from "./grid.js";
import { showLegend } from "./legend.js";
import { showNotice } from "./notice.js";
import { Progress, say } from "./progress.js";
import { MapSocket } from "./socket.js";
import { FILE, HERE, readView, viewUrl } from "./view.js";
/** @import { Caller, Catalogue, Way } from "../types.js" */
/** @import { MapAnswer, Measurement, News, Position } from "./types.js" */
/** @import { View } from "./view.js" */

/** From here on there is room for the legend beside the table. */
const ROOMY_PX = 780;

/** The map's page: a table that is measured live, looked at from several sides, and compared with others. */
class MapPage {
  #view = readView(location.search);
  #cells = new Cells();
  #controls = new Controls({ change: (change) => this.#change(change), chooseFile: (file) => this.#chooseFile(file), measure: () => this.#measure({}) });
  #details = new Details({ measure: (only) => this.#measure(only), close: () => this.#closeCell() });
  #cover = new Cover(this.#cells, { switched: () => this.#show(), uncovered: (position) => this.#uncovered(position), left: () => this.#closeCell() });
  #progress = new Progress(() => this.#socket.cancel());
  #comparing = new Comparing({ title: (comparison) => this.#controls.titleOf(comparison), marked: () => this.#grid.show(this.#model) });
  #socket = new MapSocket({
    connected: (servers) => {
      this.#servers = servers;
      this.#showControls();
      this.#showCell();
    },
    news: (news, isNew) => this.#hear(news, isNew),
    error: (error) => showNotice(new Error(error)),
  });
  /** @type {string[] | null} to measure with; null: not connected */
  #servers = null;
  /** @type {Measurement | null} the one under way */
  #measurement = null;
  #measured = 0;
  /** @type {Catalogue} */
  #catalogue;
  /** @type {MapAnswer} */
  #answer;
  #grid;

  /** @param {Catalogue} catalogue @param {MapAnswer} answer */
  constructor(catalogue, answer) {
    this.#catalogue = catalogue;
    this.#answer = answer;
    this.#grid = new Grid(
      find("#map"),
      catalogue,
      (caller, way) => this.#open(`${caller}.${way}`),
      (caller, way) => this.#details.isOpen && !this.#cover.covers(this.#position(caller, way)) && this.#open(`${caller}.${way}`),
    );
  }

  async start() {
    showLegend(find("#legend"), this.#answer.words);
    find("#how-to-read").open = innerWidth > ROOMY_PX;
    this.#take(this.#answer);
    addEventListener("popstate", () => this.#goTo(readView(location.search)));
    find("#map").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && this.#closeCell());
    find("#comparison").addEventListener("click", (/** @type {MouseEvent} */ event) => this.#followCellLink(event));
    setInterval(() => refreshTimes(find("#about")), 10_000);
    await this.#compare();
    this.#show();
    this.#socket.connect();
  }

  /** @param {MapAnswer} answer */
  #take(answer) {
    this.#answer = answer;
    this.#cells.set(answer.cells);
    this.#controls.setMaps(answer);
  }

  /** Looks at the map from another side, and lets one go back. @param {Partial<View>} change */
  #change(change) {
    const view = { ...this.#view, ...change };
    history.pushState(null, "", viewUrl(view));
    return this.#goTo(view);
  }

  /** @param {View} view */
  async #goTo(view) {
    const before = this.#view;
    this.#view = view;
    showNotice(null);
    try {
      if (view.map !== before.map) this.#take(await fetchMap(view.map));
    } catch (error) {
      showNotice(error);
    }
    if (view.map !== before.map || view.other !== before.other) await this.#compare();
    this.#show();
  }

  async #compare() {
    this.#comparing.clear();
    const { map, other } = this.#view;
    if (!other || !this.#answer.map) return;
    try {
      await this.#comparing.compare(map, other, other === FILE);
    } catch (error) {
      this.#view = { ...this.#view, other: "", changed: false };
      history.replaceState(null, "", viewUrl(this.#view));
      showNotice(error);
    }
  }

  /** @param {File} file */
  async #chooseFile(file) {
    this.#comparing.file = file;
    this.#view = { ...this.#view, other: FILE };
    history.pushState(null, "", viewUrl(this.#view));
    showNotice(null);
    await this.#compare();
    this.#show();
  }

  #show() {
    this.#grid.show(this.#model);
    this.#showControls();
    this.#showCell();
    document.documentElement.dataset.ready = "true";
  }

  #showControls() {
    this.#controls.show({
      view: this.#view,
      servers: this.#servers,
      isMeasuring: this.#measurement !== null,
      comparison: this.#comparing.result,
      file: this.#comparing.file,
      shares: this.#shares(),
    });
  }

  get #model() {
    return { cells: this.#cells, words: this.#answer.words, view: this.#view, marked: this.#comparing.marked, covers: (/** @type {Position} */ position) => this.#cover.covers(position) };
  }

  /** How many of the cells in sight differ: from the baseline, and from the other map. */
  #shares() {
    const inSight = this.#catalogue.callers.flatMap((caller) => this.#catalogue.ways.map((way) => this.#position(caller.slug, way.slug)));
    const cells = inSight.map((position) => this.#cells.get(position)).filter((cell) => cell !== undefined);
    return { cells: cells.length, differing: cells.filter((cell) => !this.#cells.isAsBaseline(cell)).length };
  }

  /** @param {string} cell */
  #open(cell) {
    this.#view = { ...this.#view, cell };
    history.replaceState(null, "", viewUrl(this.#view));
    this.#showCell();
  }

  #closeCell() {
    if (!this.#details.isOpen) return;
    const [caller, way] = this.#view.cell.split(".");
    this.#open("");
    this.#grid.select(caller, way, true);
    this.#grid.select("", "");
  }

  #showCell() {
    const [callerSlug, waySlug] = this.#view.cell.split(".");
    const caller = this.#catalogue.callers.find(({ slug }) => slug === callerSlug);
    const way = this.#catalogue.ways.find(({ slug }) => slug === waySlug);
    if (caller && way) this.#showDetails(caller, way);
    else this.#details.close();
    this.#cover.open(caller && way ? this.#position(caller.slug, way.slug) : null);
    this.#grid.select(callerSlug, waySlug); // when the details have taken their room, so that the cell is in sight beside them
  }

  /** @param {Caller} caller @param {Way} way */
  #showDetails(caller, way) {
    const position = this.#position(caller.slug, way.slug);
    this.#details.show({
      position,
      caller,
      way,
      cell: this.#cells.get(position),
      words: this.#answer.words,
      differences: this.#comparing.differences.get(keyOf(position)) ?? [],
      other: this.#comparing.title,
      canMeasure: this.#canMeasure && this.#controls.fits(this.#answer),
    });
  }

  /** A cell of what is looked at. @param {string} caller @param {string} way @returns {Position} */
  #position(caller, way) {
    const { receivers, atomic } = this.#view;
    return { caller, way, receivers, atomic };
  }

  /** @param {Position} position */
  #uncovered({ caller, way }) {
    this.#show();
    this.#grid.select(caller, way, true);
  }

  /** A link to a cell changes what is shown, and keeps the map and the one that it is compared with. @param {MouseEvent} event */
  #followCellLink(event) {
    const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("a[data-cell]"));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { cell = "", receivers = "sync", atomic } = link.dataset;
    this.#change({ cell, receivers, atomic: atomic === "true" });
    const [caller, way] = cell.split(".");
    this.#grid.select(caller, way, true);
  }

  get #canMeasure() {
    return this.#servers !== null && this.#measurement === null && this.#view.map === HERE;
  }

  /** @param {Record<string, string[]>} only */
  #measure(only) {
    showNotice(null);
    const isWhole = Object.keys(only).length === 0;
    this.#socket.measure((!isWhole && this.#answer.map?.server) || this.#controls.server, only);
  }

  /** @param {News} news @param {boolean} isNew */
  #hear({ measurement, cells }, isNew) {
    const isUnderWay = measurement?.state === "measuring" || measurement?.state === "ending";
    if (measurement && isUnderWay) this.#hearOfProgress(measurement, cells, isNew);
    else if (this.#measurement) this.#hearOfEnd(measurement);
  }

  /** @param {Measurement} measurement @param {News["cells"]} cells @param {boolean} isNew */
  #hearOfProgress(measurement, cells, isNew) {
    this.#measurement = measurement;
    if (isNew) this.#begin(measurement);
    this.#measured += cells.length;
    this.#progress.show(measurement, this.#measured);
    if (this.#view.map !== HERE) return;
    for (const cell of cells) {
      this.#cells.put(cell);
      this.#grid.showOne(cell, this.#model);
    }
    if (cells.some(({ caller, way }) => `${caller}.${way}` === this.#view.cell)) this.#showCell();
  }

  /** @param {Measurement} measurement */
  #begin({ server, only, total }) {
    this.#measured = 0;
    say(`Measuring ${plural(total, "cell")} under ${server}.`);
    if (this.#view.map !== HERE) this.#change({ map: HERE });
    this.#cells.expect(only);
    this.#show();
  }

  /** @param {Measurement | null} measurement null: the server was started anew */
  async #hearOfEnd(measurement) {
    this.#measurement = null;
    this.#progress.hide();
    const ends = { done: "Measured.", cancelled: "Cancelled. The map is as it was before.", failed: "It could not be measured." };
    say(measurement ? ends[/** @type {keyof typeof ends} */ (measurement.state)] : "The server was started anew, and measures no more.");
    if (this.#view.map === HERE) this.#take(await fetchMap(HERE));
    await this.#compare();
    this.#show();
    if (measurement?.error) showNotice(new Error(measurement.error));
  }
}

async function start() {
  const view = readView(location.search);
  try {
    const [catalogue, answer] = await Promise.all([fetchCatalogue(), fetchMap(view.map)]);
    await new MapPage(catalogue, answer).start();
  } catch (error) {
    showNotice(error);
  }
}

start();
