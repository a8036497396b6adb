import { fill, find, h } from "./dom.js";
import { plural, ticking } from "./format.js";
/** @import { Feed } from "./feed.js" */

/**
 * The connection's state in the header, and its numbers in the popover behind it.
 */
export class Status {
  #button = find("#live");
  #text = find("#live-text");
  #facts = find("#status-facts");
  #feed;
  #popover = find("#status");

  /** @param {Feed} feed */
  constructor(feed) {
    this.#feed = feed;
    setInterval(() => this.show(), 200);
    this.#popover.addEventListener("toggle", () => this.show());
  }

  show() {
    const { state, text, live } = this.#state();
    document.documentElement.dataset.live = live;
    this.#button.dataset.state = state;
    if (this.#text.textContent !== text) this.#text.textContent = text;
    if (this.#popover.matches(":popover-open")) fill(this.#facts, this.#rows().flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]));
  }

  /** `live` is what the document says of itself, `state` and `text` what a person sees. */
  #state() {
    const feed = this.#feed;
    const { state, retryAt } = feed.socket;
    if (state === "reconnecting") return { live: state, state, text: `reconnecting in ${Math.max(0, Math.ceil((retryAt - performance.now()) / 1000))} s` };
    if (state === "connecting") return { live: state, state, text: "connecting" };
    if (feed.silentMs) return { live: feed.paused ? "paused" : "live", state: "silent", text: `loop silent for ${ticking(feed.silentMs * 1e6)}` };
    if (feed.paused) return { live: "paused", state: "paused", text: "paused" };
    return { live: "live", state: "live", text: "live" };
  }

  /** @returns {[string, string][]} */
  #rows() {
    const { hello, stats, batches, gaps, silentMs } = this.#feed;
    const { buffer = {}, slow = 0, holes = 0, viewers = 0, experiments = 0 } = stats ?? {};
    return [
      ["server process", String(hello?.server ?? "unknown")],
      ["event loop", silentMs ? `has not answered for ${ticking(silentMs * 1e6)}` : "answers"],
      ["watching", `${plural(viewers, "viewer")}, ${plural(experiments, "experiment")} running`],
      ["taken in here", plural(batches, "batch", "batches")],
      ["probe's buffer", `${buffer.held ?? 0} of ${buffer.capacity ?? "?"}, peak ${buffer.peak ?? 0}`],
      ["spans dropped, buffer full", String(buffer.dropped ?? 0)],
      ["batches skipped, this page slow", String(slow)],
      ["batches lost between processes", String(holes)],
      ["gaps here", gaps.length ? gaps.map(({ from, to, why }) => `${from}–${to} ${why}`).join("; ") : "none"],
    ];
  }
}
