import { createHash } from 'node:crypto';
import { type DatabaseOptions, openDatabase } from '../../src/database/index.js';
import { createDetectionLog, verify } from '../../src/log/index.js';
import { isRecord } from '../answers.js';
import { findingsOf } from '../reports.js';
import type { Outcome } from './clients.js';
import type { SoakFilm } from './films.js';

/** Counts of what must not happen, except for `rows` and `answered`. */
export interface Verdict {
  readonly rows: number;
  /** Films answered with a report, 200 or 201. */
  readonly answered: number;
  readonly missing: number;
  /** Answers whose text differs from that in the log, byte for byte. */
  readonly unequal: number;
  /** Films with more than one row. */
  readonly double: number;
  /** Reports unlike what the film gives without faults; reports of broken files. */
  readonly wrong: number;
  /** Keyed films without a report that should have one: not broken, and not logged as not analysed. */
  readonly unanswered: number;
  readonly verifyFaults: number;
}

/** Compares the log with everything that was answered. */
export async function checkLog(
  at: DatabaseOptions['at'],
  outcomes: readonly Outcome[],
  films: readonly SoakFilm[],
  alone: readonly (string | undefined)[],
): Promise<Verdict> {
  const database = await openDatabase({ at });
  try {
    const filmOf = new Map(outcomes.map(({ n, film }) => [`soak-${n}`, film]));
    const references = await database.kysely
      .selectFrom('film_references')
      .select(['detection_id', 'external_id'])
      .where('external_id', 'like', 'soak-%')
      .execute();
    const externalIds = new Map(references.map(({ detection_id: id, external_id: own }) => [id, own ?? '']));
    const digests = new Map<string, string>();
    const seen = new Set<string>();
    let [rows, double, wrong] = [0, 0, 0];
    for await (const { reportText } of createDetectionLog(database).stream({})) {
      const report: unknown = JSON.parse(reportText);
      const id = isRecord(report) ? String(report['id']) : '';
      const externalId = externalIds.get(id);
      // A row of the films that were sent one by one before the soak.
      if (externalId === undefined) continue;
      rows += 1;
      if (seen.has(externalId) || digests.has(id)) double += 1;
      seen.add(externalId);
      digests.set(id, createHash('sha256').update(reportText).digest('hex'));
      const film = filmOf.get(externalId) ?? -1;
      const analysed = isRecord(report) && report['state'] !== 'not-analysed';
      if (analysed && (films[film]?.broken !== false || findingsOf(report) !== alone[film])) wrong += 1;
    }
    const answered = outcomes.filter(({ status }) => status === 200 || status === 201);
    return {
      rows,
      answered: answered.length,
      missing: answered.filter(({ id }) => !digests.has(id ?? '')).length,
      unequal: answered.filter(({ id, digest }) => digests.has(id ?? '') && digests.get(id ?? '') !== digest).length,
      double,
      wrong: wrong + answered.filter(({ film }) => films[film]?.broken === true).length,
      unanswered: outcomes.filter((outcome) => isOpen(outcome, films, digests)).length,
      verifyFaults: (await verify(database.kysely)).faults.length,
    };
  } finally {
    await database.close();
  }
}

function isOpen(
  { keyed, status, film, id }: Outcome,
  films: readonly SoakFilm[],
  digests: ReadonlyMap<string, string>,
): boolean {
  if (!keyed || status === 200 || status === 201) return false;
  if (films[film]?.broken === true) return status < 400 || status > 499;
  return id === undefined || !digests.has(id);
}
