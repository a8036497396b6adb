import { duration } from "./format.js";
import { refreshTimes } from "./runs.js";

/** The list of all runs is rendered by the server; here its times are written as everywhere else, and the relative ones stay true. */
for (const cell of /** @type {Iterable<HTMLElement>} */ (document.querySelectorAll("[data-ms]"))) {
  if (cell.dataset.ms) cell.textContent = duration(Number(cell.dataset.ms) * 1e6);
}
refreshTimes();
setInterval(() => refreshTimes(), 10_000);
