import { CompiledQuery, Kysely, sql } from 'kysely';
import t, { type Test } from 'tap';
import { migrations } from '../../migrations/index.js';
import { type Database, openDatabase, type Tables } from '../../src/database/index.js';
import { SessionDialect } from '../../src/database/session.js';
import { createDetectionLog, type DetectionFilter, type ListSort } from '../../src/log/index.js';
import { onEachBackend } from '../backends.js';
import { entry, model } from './entries.js';

const kinds = [
  {},
  { class: 'nodule', filmScore: 0.6 },
  { state: 'below-threshold', filmScore: 0.1 },
  { state: 'not-analysed', submitter: 'pacs' },
] as const;

const questions: readonly (readonly [DetectionFilter, ListSort])[] = [
  [{}, '-createdAt'],
  [{ minFilmScore: 0.99 }, '-createdAt'],
  [{ state: 'below-threshold', minFilmScore: 0.9 }, '-createdAt'],
  [{ state: 'not-analysed' }, '-createdAt'],
  [{ class: 'nodule', minFilmScore: 0.5 }, '-createdAt'],
  [{ class: 'absent' }, '-createdAt'],
  [{ submitter: 'rare' }, 'filmScore'],
  [{ model: 'absent' }, '-createdAt'],
  [{ minFilmScore: 0.5 }, 'boxCount'],
  [{ minFilmScore: 0.5 }, '-boxCount'],
  [{ class: 'nodule', submitter: 'rare', state: 'findings' }, '-filmScore'],
];

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  for (let i = 0; i < 12; i++) await log.append(entry(kinds[i % kinds.length]));

  await t.test('rows from before there were lists are listed by the migration', (t) => backfill(t, database));
  await t.test('a list reads ids from an index, and no table from its start', (t) => plans(t, database));
});

/** As if the log were one of the version before 0011: its rows, and none of what the step adds. */
async function backfill(t: Test, { kysely }: Database): Promise<void> {
  const listed = async () =>
    kysely.selectFrom('listed_films').selectAll().orderBy('detection_id').orderBy('class').execute();
  const before = await listed();
  t.equal(before.length, 12 + 6, 'each film once, and those with boxes once more');
  await sql`drop trigger list_film on detections`.execute(kysely);
  await sql`drop function list_film`.execute(kysely);
  await sql`drop table listed_films`.execute(kysely);
  await sql`create index detections_by_state_and_score on detections (film_score)`.execute(kysely);
  await sql`create index detections_by_box_count on detections (box_count_of(report), id)`.execute(kysely);
  await kysely.transaction().execute(async (trx) => migrations['0011_listed_films']?.up(trx));
  t.strictSame(await listed(), before);
  const log = createDetectionLog({ kysely });
  await log.append(entry({ submitter: 'after' }));
  t.equal((await log.list({ submitter: 'after', class: 'opacity' }, { limit: 5 })).length, 1, 'and what comes then');
  t.strictSame((await log.verify()).faults, []);
}

async function plans(t: Test, { kysely }: Database): Promise<void> {
  await drawListed(kysely, 60_000);
  for (const [filter, sort] of questions) {
    const plan = await planOf(kysely, filter, sort);
    const name = `${sort} of ${JSON.stringify(filter)}`;
    t.notMatch(plan, /Seq Scan on films_/, name);
    t.match(plan, /Index (Only )?Scan (Backward )?using films_/, name);
  }
}

/** Narrow rows alone: what plans are made from. */
async function drawListed(kysely: Kysely<Tables>, films: number): Promise<void> {
  await sql`
    insert into listed_films
    select case when n % 100 = 0 then 'not-analysed' when n % 3 = 0 then 'findings' else 'below-threshold' end, class,
      gen_random_uuid(), case when n % 5000 = 0 then 'rare' else 'ris' end, 'cxr-test',
      case when n % 100 = 0 then null when n % 3 = 0 then .3 + .7 * (n % 1000) / 1000
        else .3 * (n % 1000) / 1000 end,
      case when n % 100 = 0 then null when n % 3 = 0 then 1 + n % 4 else 0 end
    from generate_series(1, ${films}::int) as n
    cross join lateral (
      select '' as class union all
      select case when n % 60 = 3 then 'nodule' else 'opacity' end
      where n % 3 = 0 and n % 100 <> 0) as classes`.execute(kysely);
  await sql`vacuum analyze listed_films`.execute(kysely);
}

/** The plan of the one statement of a list. */
async function planOf(kysely: Kysely<Tables>, filter: DetectionFilter, sort: ListSort): Promise<string> {
  const asked: CompiledQuery[] = [];
  const session = {
    query: (text: string, parameters: readonly unknown[]) => {
      asked.push(CompiledQuery.raw(`explain ${text}`, [...parameters]));
      return Promise.resolve({ rows: [], affectedRows: 0 });
    },
    release: () => undefined,
  };
  const noted = new Kysely<Tables>({
    dialect: new SessionDialect({ acquire: () => Promise.resolve(session), end: () => Promise.resolve() }),
  });
  await createDetectionLog({ kysely: noted }).list(filter, { limit: 50, sort });
  const [statement] = asked;
  if (statement === undefined || asked.length > 1) throw new Error('a page is one statement');
  const { rows } = await kysely.executeQuery<Record<string, string>>(statement);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
