/** @import { Picture } from "./picture.js" */
/** @import { Focus } from "./focus.js" */

/**
 * The keyboard. Letters act only while the canvas has the focus, so that they never get in the way of typing or of speech input.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {Focus} focus
 * @param {HTMLDialogElement} help
 * @param {Record<string, () => void>} commands by key
 */
export function bindKeys(canvas, picture, focus, help, commands) {
  const { viewport } = picture;
  /** @type {Record<string, () => void>} */
  const keys = {
    ...Object.fromEntries(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].map((key) => [key, () => focus.move(key)])),
    Enter: () => focus.togglePin(),
    Escape: () => focus.clear(),
    "+": () => viewport.zoomBy(0.6),
    "=": () => viewport.zoomBy(0.6),
    "-": () => viewport.zoomBy(1 / 0.6),
    "[": () => viewport.panBy(-0.25),
    "]": () => viewport.panBy(0.25),
    f: () => picture.fit(),
    ...commands,
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !isTyping(event.target) && !help.open) help.showModal();
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable]");
}
