import type { PngLayout } from '../png/layout.js';

export interface WriterStart {
  readonly kind: 'start';
  /** Greatest width · height of a film. */
  readonly maxPixels: number;
}

/** Write the film whose bytes travel with this message to this folder, which must not exist yet. */
export interface WriteMessage {
  readonly kind: 'write';
  readonly job: number;
  /** Whether the film was analysed with the grey levels of its file inverted; undefined if it was not decoded. */
  readonly inverted: boolean | undefined;
  readonly folder: string;
}

export interface WrittenFilm extends PngLayout {
  /** Hash of the upright pixels with their size and depth: the film's address. */
  readonly pixelsSha256: string;
  /** Grey levels to show as black and white: the 1st and the 99th percentile. */
  readonly window: readonly [number, number];
  /** Size of all files together. */
  readonly sizeBytes: number;
}

export interface WrittenMessage {
  readonly kind: 'written';
  readonly job: number;
  readonly film: WrittenFilm;
}

export interface NotWrittenMessage {
  readonly kind: 'not-written';
  readonly job: number;
  /** For the service log. */
  readonly message: string;
  /** For the people who want to see the film; contains no paths. */
  readonly reason: string;
}
