export type { LevelTable, Plane, Size } from './plane.js';
export { resize } from './resize.js';
export type { Interpolation } from './taps.js';
