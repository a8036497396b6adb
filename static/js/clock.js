/**
 * The server's monotonic clock, estimated in the browser.
 *
 * `hello` carries two clocks that were read at the same moment. Where the browser's wall clock agrees with the server's (it does on one
 * machine), their pair tells how old the frame was when it was read; where it doesn't, the frame is taken as just sent. Every time stamp
 * that arrives later is a lower bound: nothing can have happened in the future.
 */
const TRUSTED_AGE_NS = 5e9;

export class ServerClock {
  #offset = 0;
  known = false;

  /** @param {{monotonic_ns: number, unix_ns: number}} clock */
  set(clock) {
    const age = wallNs() - clock.unix_ns;
    const plausible = age >= 0 && age < TRUSTED_AGE_NS;
    this.#offset = clock.monotonic_ns + (plausible ? age : 0) - browserNs();
    this.known = true;
  }

  /** Something that happened at `ns` has been heard of. @param {number} ns */
  observe(ns) {
    const behind = ns - this.now();
    if (!this.known || behind > 0) this.#offset += behind;
    this.known = true;
  }

  now() {
    return browserNs() + this.#offset;
  }
}

function browserNs() {
  return performance.now() * 1e6;
}

function wallNs() {
  return (performance.timeOrigin + performance.now()) * 1e6;
}
