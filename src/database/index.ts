export { type Actor, audit, type AuditEvent } from './audit.js';
export { DatabaseUnavailable, UnstorableText } from './errors.js';
export { bindDatabase } from './bound.js';
export { codeOf } from './failure.js';
export { migrate, type MigrationStatus, migrationStatus } from './migrate.js';
export { type Database, type DatabaseOptions, FolderInUse, openDatabase } from './openDatabase.js';
export { currentMonths, ensurePartitions, monthOf } from './partitions.js';
export type * from './tables.js';
export { firstIdAt, isUuid, timeOfId } from './timeId.js';
