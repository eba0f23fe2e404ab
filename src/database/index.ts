export { type Actor, audit, type AuditEvent } from './audit.js';
export { DatabaseUnavailable, QueryTooSlow, UnstorableText } from './errors.js';
export { bindDatabase } from './bound.js';
export { codeOf } from './failure.js';
export { migrationStatus } from './migrate.js';
export { type Database, type DatabaseOptions, openDatabase } from './openDatabase.js';
export { ensurePartitions, monthOf } from './partitions.js';
export type * from './tables.js';
export { firstIdAt, isUuid, timeIds, timeOfId } from './timeId.js';
