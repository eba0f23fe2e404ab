import type { PngLayout } from '../png/layout.js';

export interface WriterStart {
  readonly kind: 'start';
  /** Width · height of a film, at most. */
  readonly maxPixels: number;
}

/** Write the film in the bytes beside this to this folder, which is not there yet. */
export interface WriteMessage {
  readonly kind: 'write';
  readonly job: number;
  /** Whether the film was analysed with the grey levels of its file turned round; undefined where it was not read. */
  readonly inverted: boolean | undefined;
  readonly folder: string;
}

export interface WrittenFilm extends PngLayout {
  /** Of the upright pixels, their size and depth: the film's address. */
  readonly pixelsSha256: string;
  /** Grey levels to show as black and white: the 1st and the 99th percentile. */
  readonly window: readonly [number, number];
  /** Of all files together. */
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
  /** For the log of the service. */
  readonly message: string;
  /** For the people who miss the film; without paths. */
  readonly reason: string;
}
