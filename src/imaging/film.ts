/** Pixels of an upright film, at full depth. */
export interface Film {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB, interleaved. */
  readonly channels: 1 | 3;
  /** Rows from the top, `width · height · channels` values, 0…2^bits − 1. */
  readonly pixels: Uint8Array | Uint16Array;
  readonly facts: FilmFacts;
  /** Bits that the file says its samples have (PNG sBIT, TIFF MaxSampleValue), if it does. */
  readonly significantBits?: number;
  /** Whose film it is, if its file says so (DICOM). Never part of the report. */
  readonly identifiers?: FilmIdentifiers;
  /** Why it may not be judged, according to its file (DICOM: a lateral, another part of the body). */
  readonly fault?: { readonly code: string; readonly detail: string };
}

export type FilmFormat = 'dicom' | 'jpeg' | 'png' | 'tiff' | 'webp';

/** What a DICOM file says about whose film it is; unknown members are left out. */
export interface FilmIdentifiers {
  readonly patientRef?: string;
  readonly accessionNumber?: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
  /** YYYY-MM-DD */
  readonly studyDate?: string;
}

/** What a DICOM file says about its picture. */
export interface DicomFacts {
  /** UID */
  readonly sopClass: string;
  /** UID */
  readonly transferSyntax: string;
  readonly photometricInterpretation: string;
  /**
   * Which grey levels became black and white: those of the film's window (`voi`) or VOI LUT (`voi-lut`), two
   * percentiles if it has neither or they make no sense (`percentile`), all levels of an 8-bit film without (`none`).
   */
  readonly windowSource: 'voi' | 'voi-lut' | 'percentile' | 'none';
  /** null if the file has none, or an impossible one. */
  readonly pixelSpacing: {
    readonly rowMm: number;
    readonly columnMm: number;
    readonly kind: 'calibrated' | 'detector' | 'unspecified';
  } | null;
  /** Lossily compressed at some point, as the file says or its transfer syntax implies. */
  readonly lossy: boolean;
  /** A picture of a film or of anything else, not taken by X-rays. */
  readonly secondaryCapture: boolean;
}

/** What a report says about a film. */
export interface FilmFacts {
  /** SHA-256 of the uploaded bytes, hex. */
  readonly sha256: string;
  /** Size of the upright film in pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: FilmFormat;
  readonly bits: 8 | 16;
  readonly preparation: {
    /** Grey levels that became 0 and 1 (in values of the film's depth), null where the model takes none. */
    readonly window: readonly [number, number] | null;
    /** Whether stored values were inverted: dark for bright. */
    readonly inverted: boolean;
    /** EXIF orientation 1…8 that was undone. */
    readonly orientation: number;
    /** Share of the value range between the 1st and the 99th percentile, 0…1; see `rangeUsed`. */
    readonly rangeUsed?: number;
  };
  readonly dicom?: DicomFacts;
}

export type FilmErrorCode =
  'unsupported-image' | 'broken-image' | 'several-frames' | 'image-too-large' | 'image-too-small';

/** Bytes that can't be read as a film; the message is for the person who sent them. */
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
