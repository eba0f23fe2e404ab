import type { Actor } from '../database/index.js';
import type { PngLayout } from './png/layout.js';

/** Whether the film of a row can be shown. */
export interface FilmAvailability {
  readonly status: 'kept' | 'not-kept' | 'expired' | 'deleted';
  /** Address of the film: the hash of its pixels. Null if it was never kept, and while it is being written. */
  readonly sha256: string | null;
  readonly expiresAt: Date | null;
}

/** A film that is kept. */
export interface KeptFilm extends PngLayout {
  readonly pixelsSha256: string;
  /** Grey levels to show as black and white if the report has no window of its own. */
  readonly window: readonly [number, number];
  readonly filmPath: string;
  /** Of the file at filmPath. */
  readonly sizeBytes: number;
  /** A JPEG of at most 1,500 px a side; for a film older than previews, its thumbnail. */
  readonly previewPath: string;
  readonly thumbnailPath: string;
}

/** Why there is no film; the message is for the person who wants to see it. */
export class FilmNotKept extends Error {
  override readonly name = 'FilmNotKept';
}

export interface FilmToKeep {
  /** The upload. */
  readonly bytes: Uint8Array;
  /**
   * `preparation.inverted` of its report: a film is kept as the network saw it, so that boxes and window fit.
   * Undefined if the report has no preparation.
   */
  readonly inverted: boolean | undefined;
}

export interface StoreCounts {
  readonly kept: number;
  readonly failed: number;
  readonly waiting: number;
}

/** Keeps the pixels of analysed films, to show them again. */
export interface FilmStore {
  readonly kind: 'none' | 'disk';
  readonly keepDays: number;
  /** Counts since the start. */
  counts(): StoreCounts;
  /**
   * Keeps the film of a committed row, in the background. Failures are recorded in the database and in the service log.
   */
  keep(film: FilmToKeep & { readonly detectionId: string }): void;
  availability(detectionIds: readonly string[]): Promise<ReadonlyMap<string, FilmAvailability>>;
  /** Waits for a film that is being written. Throws FilmNotKept. */
  open(detectionId: string): Promise<KeptFilm>;
  /**
   * Deletes a film, whichever rows have it, and records who did. Returns how many rows had it: 0 if there is no such
   * film.
   */
  delete(pixelsSha256: string, by: Actor): Promise<number>;
  /** Removes films that no row needs any more. Also runs by itself every hour. */
  sweep(): Promise<number>;
  /** Removes the files of films that were deleted at another replica, which has its own folder. Returns how many. */
  dropDeleted(): Promise<number>;
  /** Waits some seconds for films that are being written. */
  close(): Promise<void>;
}
