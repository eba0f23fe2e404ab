export * from './entry.js';
export { createDetectionLog, type DetectionLog } from './detectionLog.js';
export { type ChainHead, verify } from './verify.js';
export type { Statistics, StatisticsFilter } from './statistics.js';
export type { Tally } from './tally.js';
export { type ListSort, listSorts } from './list.js';
export { copyLog } from './copy.js';
