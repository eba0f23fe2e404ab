import { Problem } from '../errors/problems.js';

/** Bytes held for one upload. */
export interface HeldBytes {
  /**
   * Holds bytes that have arrived.
   *
   * @throws Problem `queue-full` if the budget or the submitter's share of it has no room for them.
   */
  add(sizeBytes: number): void;
  /** Gives all of them back. A second call does nothing. */
  release(): void;
}

/**
 * Bounds the memory of all uploads together, from their first byte until they are analysed. Bytes count when they
 * arrive, not when they are announced, and no submitter gets more than its share.
 */
export class UploadBudget {
  readonly #heldOf = new Map<string, number>();
  #heldBytes = 0;

  /** @param shareBytes limit for one submitter, below the total limit so that others always get in. */
  constructor(
    readonly limitBytes: number,
    readonly shareBytes: number,
  ) {}

  get heldBytes(): number {
    return this.#heldBytes;
  }

  hold(submitter: string): HeldBytes {
    let held = 0;
    return {
      add: (sizeBytes) => {
        this.#assertRoom(submitter, sizeBytes);
        this.#change(submitter, sizeBytes);
        held += sizeBytes;
      },
      release: () => {
        this.#change(submitter, -held);
        held = 0;
      },
    };
  }

  #assertRoom(submitter: string, sizeBytes: number): void {
    if (this.#heldBytes + sizeBytes > this.limitBytes)
      throw new Problem('queue-full', 'Other uploads fill the memory reserved for uploads.');
    if ((this.#heldOf.get(submitter) ?? 0) + sizeBytes > this.shareBytes)
      throw new Problem('queue-full', 'Your other uploads fill the memory that one submitter may use.');
  }

  #change(submitter: string, sizeBytes: number): void {
    this.#heldBytes += sizeBytes;
    const held = (this.#heldOf.get(submitter) ?? 0) + sizeBytes;
    if (held === 0) this.#heldOf.delete(submitter);
    else this.#heldOf.set(submitter, held);
  }
}

/** Half of the budget, but never less than one upload of the largest size. */
export function shareOf(limitBytes: number, maxUploadBytes: number): number {
  return Math.max(limitBytes / 2, largestBodyBytes(maxUploadBytes));
}

/** A form is a film plus some framing; the film itself is measured as it arrives. */
export function largestBodyBytes(maxUploadBytes: number): number {
  return maxUploadBytes + 64 * 1024;
}
