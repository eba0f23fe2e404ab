/** One plane of stored values, rows from the top. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array | Uint16Array;
}

/** What each stored value becomes: bytes 0…255, or floats 0…1. */
export type LevelTable = Uint8Array | Float32Array;

export interface Size {
  readonly width: number;
  readonly height: number;
}
