/** Pixels of an upright film, at full depth. */
export interface Film {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB, interleaved. */
  readonly channels: 1 | 3;
  /** Rows from the top, `width · height · channels` values, 0…2^bits − 1. */
  readonly pixels: Uint8Array | Uint16Array;
  readonly facts: FilmFacts;
  /** Bits that the file says its samples have (PNG sBIT, TIFF MaxSampleValue), where it says so. */
  readonly significantBits?: number;
}

export type FilmFormat = 'jpeg' | 'png' | 'tiff' | 'webp';

/** What is reported of a film. */
export interface FilmFacts {
  /** Of the uploaded bytes, hex. */
  readonly sha256: string;
  /** Size of the upright film in pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: FilmFormat;
  readonly bits: 8 | 16;
  readonly preparation: {
    /** Grey levels that became 0 and 1 (in values of the film's depth), null where the model takes none. */
    readonly window: readonly [number, number] | null;
    /** Whether stored values were turned round: dark for bright. */
    readonly inverted: boolean;
    /** EXIF orientation 1…8 that was undone. */
    readonly orientation: number;
    /** Share of the value range between the 1st and the 99th percentile, 0…1; see `rangeUsed`. */
    readonly rangeUsed?: number;
  };
}

export type FilmErrorCode = 'unsupported-image' | 'broken-image' | 'image-too-large' | 'image-too-small';

/** Bytes that do not become a film; the message is for the person who sent them. */
export class FilmError extends Error {
  override readonly name = 'FilmError';
  constructor(
    readonly code: FilmErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
