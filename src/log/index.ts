export * from './entry.js';
export { createDetectionLog, type DetectionLog } from './detectionLog.js';
export { type ChainState, verify } from './verify.js';
export type { Statistics, StatisticsFilter, Tally } from './statistics.js';
export { type CopiedRows, copyLog, TargetNotEmpty } from './copy.js';
