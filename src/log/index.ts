export * from './entry.js';
export { type Database, type DatabaseOptions, FolderInUse, openDatabase } from './database.js';
export { createDetectionLog } from './detection-log.js';
export { migrate, type MigrationStatus, migrationStatus } from './migrate.js';
export { type ChainState, verify } from './verify.js';
export type { Statistics, StatisticsFilter, Tally } from './statistics.js';
export { firstIdAt, timeOfId } from './time-id.js';
export type { Tables } from './tables.js';
export { type CopiedRows, copyLog, TargetNotEmpty } from './copy.js';
