import { spanAt } from "./marks.js";
/** @import { Span } from "./types.js" */
/** @import { Picture, Frame } from "./picture.js" */
/** @import { Details } from "./details.js" */

/**
 * Which bar is under the pointer, which has the keyboard's focus, which is pinned.
 */
export class Focus {
  /** @type {Span | null} */
  hovered = null;
  /** @type {Span | null} */
  focused = null;
  pinned = false;
  #picture;
  #details;
  #say;

  /** @param {HTMLCanvasElement} canvas @param {Picture} picture @param {Details} details @param {(text: string) => void} say */
  constructor(canvas, picture, details, say) {
    this.#picture = picture;
    this.#details = details;
    this.#say = say;
    canvas.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.#hover(event.buttons ? null : this.#under(event)));
    canvas.addEventListener("pointerleave", () => this.#hover(null));
    canvas.addEventListener("click", (event) => this.#click(this.#under(event)));
    canvas.addEventListener("blur", () => !this.pinned && this.clear());
    picture.afterDraw.push((frame) => this.#showDetails(frame));
  }

  clear() {
    this.focused = null;
    this.pinned = false;
    this.#update();
  }

  togglePin() {
    if (!this.focused) return;
    this.pinned = !this.pinned;
    this.#update();
  }

  /** @param {string} key an arrow key, Home or End */
  move(key) {
    const frame = this.#picture.frame;
    const rows = frame?.geometry.lanes.flatMap((lane) => lane.placedRows.map(({ spans }) => spans)) ?? [];
    const next = nextSpan(rows, this.focused, key);
    if (!next) return;
    this.focused = next;
    this.#say(this.#details.sentence(next));
    this.#bringIntoView(next);
    this.#update();
  }

  /** @param {PointerEvent | MouseEvent} event */
  #under(event) {
    return this.#picture.frame && spanAt(event.offsetX, event.offsetY, this.#picture.frame);
  }

  /** @param {Span | null} span */
  #hover(span) {
    if (span === this.hovered) return;
    this.hovered = span;
    this.#update();
  }

  /** @param {Span | null} span */
  #click(span) {
    this.pinned = span !== null && !(this.pinned && span === this.focused);
    this.focused = span;
    this.#update();
  }

  /** @param {Span} span */
  #bringIntoView(span) {
    const { viewport, now } = this.#picture;
    const { start, end } = viewport.scale.view;
    const to = span.end_ns ?? now;
    if (to >= start && span.start_ns <= end) return;
    const half = (end - start) / 2;
    viewport.show({ start: span.start_ns - half, end: span.start_ns + half });
  }

  #update() {
    this.#picture.marked = [this.hovered, this.focused]
      .filter((span) => span !== null)
      .map((span) => ({ span, pinned: this.pinned && span === this.focused }));
    this.#picture.invalidate();
  }

  /** A pinned span keeps its card while the pointer wanders. @param {Frame} frame */
  #showDetails(frame) {
    const span = this.pinned ? this.focused : (this.hovered ?? this.focused);
    if (span) this.#details.show(span, this.pinned, frame);
    else this.#details.hide();
  }
}

/**
 * Left and right along the row, up and down to the nearest bar in time of the next row that has one.
 * @param {Span[][]} rows from top to bottom @param {Span | null} from @param {string} key
 * @returns {Span | undefined}
 */
export function nextSpan(rows, from, key) {
  const filled = rows.filter((row) => row.length > 0);
  const at = from ? filled.findIndex((row) => row.includes(from)) : -1;
  if (!from || at < 0) return filled[0]?.[0];
  const row = filled[at];
  switch (key) {
    case "ArrowLeft": return row[row.indexOf(from) - 1];
    case "ArrowRight": return row[row.indexOf(from) + 1];
    case "ArrowUp": return nearest(filled[at - 1], from);
    case "ArrowDown": return nearest(filled[at + 1], from);
    case "Home": return row[0];
    case "End": return row.at(-1);
    default: return undefined;
  }
}

/** @param {Span[] | undefined} row @param {Span} from */
function nearest(row, from) {
  return row?.reduce((best, span) => (distance(span, from) < distance(best, from) ? span : best));
}

/** @param {Span} span @param {Span} from */
function distance(span, from) {
  return Math.abs(span.start_ns - from.start_ns);
}
