/** From bottom to top. */
export const LAYERS = { ground: 0, solid: 1, outline: 2, mark: 3 };

/**
 * Shapes grouped by style: one path and one fill or stroke for each style, however many bars.
 *
 * @typedef {{path: Path2D, paint: string | CanvasPattern, width: number, dash: number[], layer: number}} Style
 */
export class Batches {
  /** @type {Map<string, Style>} */
  #styles = new Map();

  /**
   * @param {keyof typeof LAYERS} layer @param {string} name @param {string | CanvasPattern} paint
   * @param {number} [width] of a stroke; 0 fills @param {number[]} [dash]
   */
  path(layer, name, paint, width = 0, dash = []) {
    const key = `${layer} ${name}`;
    let style = this.#styles.get(key);
    if (!style) this.#styles.set(key, (style = { path: new Path2D(), paint, width, dash, layer: LAYERS[layer] }));
    return style.path;
  }

  /** @param {CanvasRenderingContext2D} context */
  flush(context) {
    for (const { path, paint, width, dash } of [...this.#styles.values()].toSorted((a, b) => a.layer - b.layer)) {
      if (width) {
        context.strokeStyle = paint;
        context.lineWidth = width;
        context.setLineDash(dash);
        context.stroke(path);
      } else {
        context.fillStyle = paint;
        context.fill(path);
      }
    }
    context.setLineDash([]);
    this.#styles.clear();
  }
}
