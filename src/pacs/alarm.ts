import { setTimeout as delay } from 'node:timers/promises';

/** Wakes who waits. */
export class Alarm {
  #ringing = new AbortController();

  /** Until it rings, or this long. */
  async wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#ringing.signal }).catch(() => undefined);
  }

  ring(): void {
    this.#ringing.abort();
    this.#ringing = new AbortController();
  }
}
