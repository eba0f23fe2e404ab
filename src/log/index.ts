export * from './entry.js';
export { createDetectionLog, type DetectionLog } from './detectionLog.js';
export { type ChainHead, verify } from './verify.js';
export type { Statistics, StatisticsFilter, Tally } from './statistics.js';
export { copyLog } from './copy.js';
