export type { GreyLevels, SourceInstance } from './sourceInstance.js';
export type { BurntPicture } from './sc/secondaryCapture.js';
export * from './resultObjects.js';
