import { validate as isUuid } from 'uuid';
import type { Principal } from '../../auth/index.js';
import type { DetectionLog, LoggedDetection } from '../../log/index.js';
import { Problem } from '../errors/problems.js';
import { ownRowsOf } from './filter.js';

/** The row of an id; throws `not-found` if there is none or the caller may not see it. */
export async function detectionSeenBy(caller: Principal, log: DetectionLog, id: string): Promise<LoggedDetection> {
  const row = isUuid(id) ? await log.find(id.toLowerCase(), ownRowsOf(caller)) : undefined;
  if (row === undefined) throw new Problem('not-found', 'There is no such detection.');
  return row;
}
