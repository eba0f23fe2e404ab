import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Kysely } from 'kysely';
import t from 'tap';
import type { Tables } from '../../src/database/index.js';
import { SessionDialect } from '../../src/database/session.js';
import { createDetectionLog, type DetectionFilter, type DetectionLog, listSorts } from '../../src/log/index.js';
import { entry, model, sha256 } from './entries.js';

/**
 * The SQL of every method of the log, as files in test/log/sql/: a query that changes is seen in review. Write them
 * anew
 * with `SQL_SNAPSHOT=write npx tap test/log/queries.test.ts`.
 */
const folder = new URL('sql/', import.meta.url);
const writing = process.env['SQL_SNAPSHOT'] === 'write';

const id = '0198f0c2-0000-7000-8000-000000000000';
const idempotency = { key: 'k', bodySha256: sha256('body') };
const request = { submitter: 'ris', ...idempotency, expiresInMs: 60_000 };
const days = { from: new Date(Date.UTC(2026, 0, 1)), to: new Date(Date.UTC(2026, 1, 1)) };
const page = { limit: 50 };

const filters: Readonly<Record<string, DetectionFilter>> = {
  state: { state: 'findings' },
  model: { model: 'cxr-opacity' },
  class: { class: 'opacity' },
  minFilmScore: { minFilmScore: 0.5 },
  'state-and-minFilmScore': { state: 'findings', minFilmScore: 0.5 },
  time: days,
  submitter: { submitter: 'ris' },
  externalId: { externalId: 'x' },
  patientRef: { patientRef: 'p' },
  accessionNumber: { accessionNumber: 'a' },
  sha256: { sha256: sha256('film') },
  reviewed: { reviewed: true },
};

const calls: Readonly<Record<string, (log: DetectionLog) => unknown>> = {
  append: (log) => log.append(entry({ references: { patientRef: 'p' } })),
  'append-under-a-key': (log) => log.append(entry({ idempotency })),
  audit: (log) => log.audit({ code: 'login-failed', actor: null, requestId: null, address: null }),
  count: (log) => log.count({}),
  'count-of-parts-of-days': (log) =>
    log.count({ state: 'findings', from: new Date(1), to: new Date(3 * 86_400_000 - 1) }),
  'count-class': (log) => log.count({ class: 'opacity' }),
  claim: (log) => log.claim(request),
  dropOldKeys: (log) => log.dropOldKeys(),
  eraseReferences: (log) => log.eraseReferences({ patientRef: 'p' }, 'cli:anna'),
  find: (log) => log.find(id),
  'find-own': (log) => log.find(id, { submitter: 'ris' }),
  following: (log) => log.following(7, 100),
  'following-filter': (log) => log.following(7, 100, { submitter: 'ris', class: 'opacity' }),
  lastSeq: (log) => log.lastSeq(),
  list: (log) => log.list({}, page),
  'list-after': (log) => log.list({}, { ...page, after: id }),
  ...Object.fromEntries(
    listSorts.map((sort) => [`list-by-${sort.replace('-', 'falling-')}`, (log) => log.list({}, { ...page, sort })]),
  ),
  'list-by-filmScore-after': (log) => log.list({}, { ...page, sort: 'filmScore', after: id }),
  'list-by-filmScore-of-findings': (log) => log.list({ state: 'findings' }, { ...page, sort: '-filmScore' }),
  'list-by-boxCount-of-findings': (log) => log.list({ state: 'findings' }, { ...page, sort: 'boxCount' }),
  ...Object.fromEntries(
    Object.entries(filters).map(([name, filter]) => [`list-${name}`, (log: DetectionLog) => log.list(filter, page)]),
  ),
  ping: (log) => log.ping(),
  priors: (log) => log.priors(id),
  references: (log) => log.references([id]),
  release: (log) => log.release(request),
  renew: (log) => log.renew(request),
  rememberModel: (log) => log.rememberModel(model),
  statistics: (log) => log.statistics({ ...days, model: 'cxr-opacity', submitter: 'ris' }),
  'statistics-of-parts-of-days': (log) => log.statistics({ from: new Date(1), to: new Date(3 * 24 * 3600_000 - 1) }),
  stream: (log) => log.stream({}).next(),
  verify: (log) => log.verify(),
};

t.test('the SQL of every method of the log is the one in test/log/sql/', async (t) => {
  const methods = Object.keys(createDetectionLog({ kysely: recorder([]) }));
  t.strictSame(
    methods.filter((method) => !Object.keys(calls).some((name) => name.split('-')[0] === method)),
    [],
    'every method has a call here',
  );
  const expected = Object.keys(calls).map((name) => `${name}.sql`);
  for (const file of await readdir(folder).catch(() => [])) {
    if (expected.includes(file)) continue;
    if (writing) await rm(new URL(file, folder));
    else t.fail(`test/log/sql/${file} belongs to no call`);
  }
  for (const [name, call] of Object.entries(calls)) {
    const statements: string[] = [];
    await call(createDetectionLog({ kysely: recorder(statements) }));
    const file = new URL(`${name}.sql`, folder);
    const text = `${statements.map(readable).join(';\n\n')};\n`;
    if (writing) await writeFile(file, text);
    t.equal(text, await readFile(file, 'utf8').catch(() => ''), name);
  }
});

/** A database that notes what it is asked, and answers each query with as little as its caller needs. */
function recorder(statements: string[]): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SessionDialect({
      acquire: () =>
        Promise.resolve({
          // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the session's signature
          query: <Row>(sql: string) => {
            statements.push(sql);
            return Promise.resolve({ rows: answers(sql) as Row[], affectedRows: 1 });
          },
          release: () => undefined,
        }),
      end: () => Promise.resolve(),
    }),
  });
}

function answers(sql: string): object[] {
  if (sql.startsWith('select') && sql.includes('from "chain_head"')) return [{ seq: 9, hash: Buffer.alloc(32) }];
  if (sql.startsWith('select "spec_sha256" from "models"')) return [{ spec_sha256: model.specSha256 }];
  if (sql.includes('count(*)')) return [{ rows: 0 }];
  if (sql.includes('from "film_tallies"')) return [{ films: 0 }];
  if (sql.startsWith('select "detection_id" as "id"')) return [{ id, number: 0.5 }];
  if (sql.startsWith('delete from "film_references"')) return [{ detection_id: id }];
  if (sql.startsWith('select "report" from "detections"')) return [{ report: '{"externalId":"x"}' }];
  if (sql.includes('"patient_ref" from "film_references"')) return [{ submitter: 'ris', patient_ref: 'p' }];
  return [];
}

const clauses = [
  'from',
  'where',
  'and',
  'or',
  'inner join',
  'left join',
  'group by',
  'order by',
  'limit',
  'values',
  'on conflict',
  'returning',
  'set',
  'insert into "detections"',
  'for update',
];
const beforeClause = new RegExp(` (?=(?:${clauses.join('|')})\\b)`, 'g');

/** A clause a line. */
function readable(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim().replace(beforeClause, '\n  ');
}
