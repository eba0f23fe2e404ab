import { Problem } from '../errors/problems.js';

/** Bytes held for one upload. */
export interface HeldBytes {
  /** Holds at least so many bytes. Throws the problem `queue-full` where the budget does not have them. */
  growTo(sizeBytes: number): void;
  /** Gives all of them back; again is harmless. */
  release(): void;
}

/**
 * Bounds what all uploads together may hold in memory, from their first byte until they are analysed: many
 * slow senders of large films are refused one by one instead of exhausting the process.
 */
export class UploadBudget {
  #heldBytes = 0;

  constructor(readonly limitBytes: number) {}

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Holds what an upload says that it will be; 0 where it does not say. */
  hold(declaredBytes: number): HeldBytes {
    let held = 0;
    const growTo = (sizeBytes: number) => {
      const more = sizeBytes - held;
      if (more <= 0) return;
      if (this.#heldBytes + more > this.limitBytes) {
        throw new Problem('queue-full', 'Other uploads fill the memory that is set aside for them.');
      }
      this.#heldBytes += more;
      held = sizeBytes;
    };
    growTo(declaredBytes);
    const release = () => {
      this.#heldBytes -= held;
      held = 0;
    };
    return { growTo, release };
  }
}
