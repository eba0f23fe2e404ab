/** (x + magic) − magic + half, then what a typed array makes of it. */
export interface Rounding {
  readonly magic: number;
  readonly half: number;
}

export const unrounded: Rounding = { magic: 0, half: 0 };
/** A byte array truncates, so x + ½ rounds to nearest, ties up. */
export const tiesUp: Rounding = { magic: 0, half: 0.5 };
/** 2⁵² leaves a double no bits behind the point: the addition itself rounds to nearest, ties to even (as `cvRound`). */
export const tiesToEven: Rounding = { magic: 2 ** 52, half: 0 };
