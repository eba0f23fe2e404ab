/** (x + magic) − magic + half, then stored in a typed array, which truncates to bytes or rounds to float32. */
export interface Rounding {
  readonly magic: number;
  readonly half: number;
}

export const unrounded: Rounding = { magic: 0, half: 0 };
/** A byte array truncates, so x + ½ rounds to nearest, ties up. */
export const tiesUp: Rounding = { magic: 0, half: 0.5 };
/** 2⁵² leaves a double no fractional bits: the addition itself rounds to nearest, ties to even (like `cvRound`). */
export const tiesToEven: Rounding = { magic: 2 ** 52, half: 0 };
