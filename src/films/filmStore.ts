import type { Actor } from '../database/index.js';
import type { PngLayout } from './png/layout.js';

/** Whether the film of a row can be shown. */
export interface FilmAvailability {
  readonly status: 'kept' | 'not-kept' | 'expired' | 'deleted';
  /** Address of the film: the hash of its pixels. Null where it was never kept, and while it is being written. */
  readonly sha256: string | null;
  readonly expiresAt: Date | null;
}

/** A film that is there. */
export interface KeptFilm extends PngLayout {
  readonly pixelsSha256: string;
  /** Grey levels to show as black and white where the report has no window of its own. */
  readonly window: readonly [number, number];
  readonly filmPath: string;
  /** Of the file at filmPath. */
  readonly sizeBytes: number;
  /** A JPEG of at most 1,500 px a side; of a film that was kept before there were any, its thumbnail. */
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
   * `preparation.inverted` of its report: a film is kept as it was judged, so that boxes and window fit. undefined
   * where there was none.
   */
  readonly inverted: boolean | undefined;
}

export interface StoreCounts {
  readonly kept: number;
  readonly failed: number;
  readonly waiting: number;
}

/** The pixels of films that were analysed, to be shown again. */
export interface FilmStore {
  readonly kind: 'none' | 'disk';
  readonly keepDays: number;
  /** Since the start. */
  counts(): StoreCounts;
  /**
   * Keeps the film of a row that is committed, in the background: what goes wrong is on record and in the log of the
   * service.
   */
  keep(film: FilmToKeep & { readonly detectionId: string }): void;
  availability(detectionIds: readonly string[]): Promise<ReadonlyMap<string, FilmAvailability>>;
  /** Waits for a film that is being written. Throws FilmNotKept. */
  open(detectionId: string): Promise<KeptFilm>;
  /**
   * Deletes a film, whoever's rows have it, and puts on record who did. Returns how many rows had it: 0 where there is
   * no such film.
   */
  delete(pixelsSha256: string, by: Actor): Promise<number>;
  /** Removes films that no row needs any more. Also done by itself, every hour. */
  sweep(): Promise<number>;
  /** Removes the files of films that were deleted at a replica with a folder of its own. Returns how many. */
  dropDeleted(): Promise<number>;
  /** Films that are being written are finished, within some seconds. */
  close(): Promise<void>;
}
