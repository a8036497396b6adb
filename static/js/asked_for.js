/** @import { Catalogue, Experiment } from "./types.js" */

/**
 * The experiment that a link to the laboratory asks for in its query, as far as the catalogue knows it.
 * @param {Catalogue} catalogue @param {string} search
 * @returns {Partial<Experiment>}
 */
export function askedFor({ callers, ways, receivers }, search) {
  const query = new URLSearchParams(search);
  const known = Object.entries({ caller: callers, way: ways, receivers }).filter(([key, items]) => items.some(({ slug }) => slug === query.get(key)));
  return { ...Object.fromEntries(known.map(([key]) => [key, query.get(key)])), ...(query.has("atomic") && { atomic: query.get("atomic") === "on" }) };
}

/** The link that asks for it. @param {{caller: string, way: string, receivers: string, atomic: boolean}} experiment */
export function laboratoryUrl({ caller, way, receivers, atomic }) {
  return `/?${new URLSearchParams({ caller, way, receivers, atomic: atomic ? "on" : "off" })}`;
}
