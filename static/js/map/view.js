/**
 * What of the map is looked at. It stands in the address, so that it can be shared and gone back to.
 *
 * @typedef {object} View
 * @property {string} receivers sync, async or both
 * @property {boolean} atomic
 * @property {boolean} differing only what differs from the baseline
 * @property {string} map name of the map that is shown
 * @property {string} other name of the map that it is compared with; "" for none
 * @property {boolean} changed only what differs from that
 * @property {string} cell "caller.way" of the cell that is open; "" for none
 */
export const HERE = "here";
/** A map that somebody chose from his files: an address cannot say which. */
export const FILE = "file";

const RECEIVERS = new Set(["sync", "async", "both"]);

/** @param {string} search @returns {View} */
export function readView(search) {
  const query = new URLSearchParams(search);
  const receivers = query.get("receivers") ?? "";
  return {
    receivers: RECEIVERS.has(receivers) ? receivers : "sync",
    atomic: query.get("atomic") === "on",
    differing: query.get("differing") === "on",
    map: query.get("map") ?? HERE,
    other: query.get("with") ?? "",
    changed: query.get("changed") === "on",
    cell: query.get("cell") ?? "",
  };
}

/** The address of a view, without what is as it is at first. @param {View} view */
export function viewUrl({ receivers, atomic, differing, map, other, changed, cell }) {
  const query = new URLSearchParams({
    ...(receivers !== "sync" && { receivers }),
    ...(atomic && { atomic: "on" }),
    ...(differing && { differing: "on" }),
    ...(map !== HERE && { map }),
    ...(other && other !== FILE && { with: other }),
    ...(changed && other && other !== FILE && { changed: "on" }),
    ...(cell && { cell }),
  });
  return `/map/${query.size ? `?${query}` : ""}`;
}

/** The address of one cell. @param {{caller: string, way: string, receivers: string, atomic: boolean}} position */
export function cellUrl({ caller, way, receivers, atomic }) {
  return viewUrl({ ...readView(""), receivers, atomic, cell: `${caller}.${way}` });
}
