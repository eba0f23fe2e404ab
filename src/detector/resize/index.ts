export type { LevelTable, Plane } from './plane.js';
export { resize } from './resize.js';
export type { Interpolation } from './taps.js';
