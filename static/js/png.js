import { drawAxis, AXIS_HEIGHT } from "./axis.js";
import { drawLanes } from "./picture.js";
import { FONT } from "./labels.js";
/** @import { Frame } from "./picture.js" */

/** The picture as a PNG file, with the labels that the page writes as text. */
const SCALE = 2;
const MARGIN = 12;

/** @param {Frame} frame @param {number} width @param {string} name */
export function downloadPng(frame, width, name) {
  const canvas = document.createElement("canvas");
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (frame.geometry.height + AXIS_HEIGHT + 2 * MARGIN) * SCALE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = frame.palette.panel;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(SCALE, 0, 0, SCALE, MARGIN * SCALE, MARGIN * SCALE);
  drawAxis(context, frame);
  context.translate(0, AXIS_HEIGHT);
  drawLanes(context, { ...frame, marked: [], growing: false }, width);
  drawLaneNames(context, frame);
  canvas.toBlob((blob) => blob && save(blob, name));
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
function drawLaneNames(context, frame) {
  context.textBaseline = "top";
  for (const { thread, y, group } of frame.geometry.lanes) {
    const lines = [thread.name, thread.event_loop ? "event loop" : "worker thread", String(thread.ident)];
    lines.forEach((text, at) => {
      context.font = at ? FONT.replace("12px", "11px") : `600 ${FONT}`;
      context.fillStyle = at ? frame.palette.dim : frame.palette.ink;
      context.fillText(text, 10, y + 10 + at * 16);
    });
    context.font = FONT;
    context.fillStyle = frame.palette.dim;
    if (group) context.fillText(`process ${thread.process}`, 2, y - 18);
  }
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
