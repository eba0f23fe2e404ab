export * from './entry.js';
export { createDetectionLog, type DetectionLog } from './detectionLog.js';
export { verify } from './verify.js';
export type { Statistics, StatisticsFilter, Tally } from './statistics.js';
export { copyLog } from './copy.js';
