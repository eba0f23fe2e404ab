/** A decoded, upright film: what a gate looks at. Film of the imaging room fits. */
export interface GateFilm {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB, interleaved. */
  readonly channels: 1 | 3;
  /** Rows from the top, `width · height · channels` stored values. */
  readonly pixels: Uint8Array | Uint16Array;
}

/**
 * May the network judge this film?
 * - `passes`: as it is;
 * - `passes-inverted`: yes, after its grey levels are inverted, since it is a negative;
 * - `refused`: no; `detail` tells the sender why.
 */
export type GateVerdict =
  | { readonly kind: 'passes' }
  | { readonly kind: 'passes-inverted' }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

/** Judges films before the network sees them. `name` and `version` are what a ModelSpec's `inputGate` asks for. */
export interface Gate {
  readonly name: string;
  readonly version: string;
  judge(film: GateFilm): GateVerdict;
}
