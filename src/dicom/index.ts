export type { GreyLevels, SourceInstance } from './source/sourceInstance.js';
export * from './source/readSourceInstance.js';
export type { BurntPicture } from './sc/secondaryCapture.js';
export * from './resultObjects.js';
export { CorrectionRefused, type CorrectionRefusal } from './correction/correctionRefused.js';
export { savedReport, type SavedReport } from './correction/savedReport.js';
export * from './readCorrection.js';
