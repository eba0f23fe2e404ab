import { Problem } from '../errors/problems.js';

const smallestBytes = 64 * 1024;

/**
 * Collects a film in one buffer while it arrives. The buffer grows with what has arrived, up to the announced size: an
 * announcement alone costs no memory, and chunks and result are never in memory at the same time.
 */
export class ArrivingBytes {
  #buffer = Buffer.alloc(0);
  #size = 0;

  /** @param announcedBytes size of the whole request; undefined if it comes in chunks. */
  constructor(
    readonly maxUploadBytes: number,
    readonly announcedBytes: number | undefined,
  ) {}

  /** @throws Problem `upload-too-large` */
  push(chunk: Uint8Array): void {
    const end = this.#size + chunk.length;
    if (end > this.maxUploadBytes) throw tooLarge(this.maxUploadBytes);
    if (end > this.#buffer.length) this.#growTo(end);
    this.#buffer.set(chunk, this.#size);
    this.#size = end;
  }

  whole(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  #growTo(needed: number): void {
    const most = Math.max(needed, Math.min(this.announcedBytes ?? Infinity, this.maxUploadBytes));
    // Untouched pages take no memory, so growing fourfold costs little and copies rarely.
    const grown = Buffer.allocUnsafeSlow(Math.min(most, Math.max(smallestBytes, 4 * needed)));
    grown.set(this.whole());
    this.#buffer = grown;
  }
}

export function tooLarge(maxUploadBytes: number): Problem {
  return new Problem('upload-too-large', `An upload may have at most ${maxUploadBytes} bytes.`);
}
