export type { GreyLevels, SourceInstance } from './source/sourceInstance.js';
export * from './source/readSourceInstance.js';
export type { BurntPicture } from './sc/secondaryCapture.js';
export * from './resultObjects.js';
