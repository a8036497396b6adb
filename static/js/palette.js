/**
 * Colours of the canvas, read from the style sheet's custom properties: one place defines light and dark, for the page and the picture.
 *
 * @typedef {Record<string, string>} Palette
 */
const NAMES = [
  "panel", "ink", "dim", "line", "lane", "lane-loop", "grid", "accent", "ok", "bad", "arrow",
  "request", "request-solid", "request-faint", "caller", "caller-solid", "caller-faint", "step", "step-solid", "step-faint",
  "hop", "hop-solid", "dispatch", "dispatch-faint", "sync", "on-sync", "async", "async-faint", "on-async",
];

/** @returns {Palette} */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/**
 * Diagonal stripes: what tells async from sync without colour.
 * @param {CanvasRenderingContext2D} context @param {string} colour @param {string} stripe @param {number} [alpha] of the stripes
 */
export function hatch(context, colour, stripe, alpha = 1) {
  const size = 8;
  const tile = new OffscreenCanvas(size, size);
  const draw = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
  draw.fillStyle = colour;
  draw.fillRect(0, 0, size, size);
  draw.strokeStyle = stripe;
  draw.globalAlpha = alpha;
  draw.lineWidth = 2;
  for (const shift of [-size, 0, size]) {
    draw.moveTo(shift - 1, size + 1);
    draw.lineTo(shift + size + 1, -1);
  }
  draw.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}
