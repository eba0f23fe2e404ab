import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import t, { type Test } from 'tap';
import { type Database, openDatabase, type Tables } from '../../src/database/index.js';
import {
  createDetectionLog,
  type DetectionEntry,
  type DetectionFilter,
  type DetectionLog,
  verify,
} from '../../src/log/index.js';
import { createReviews, type Reviews } from '../../src/reviews/index.js';
import { onEachBackend } from '../backends.js';
import { entry, type EntryOptions, model, sha256 } from './entries.js';

await onEachBackend(t, async (t, backend) => {
  const place = await backend.place();
  const database = await openDatabase({ at: place });
  t.teardown(() => database.close());
  const log = createDetectionLog(database);
  await log.rememberModel(model);

  // First, while the log is empty.
  await t.test('every filter gives the rows that it names, newest first', (t) =>
    filters(t, log, createReviews(database)),
  );
  await t.test('a report comes back exactly as it was answered', (t) => roundTrip(t, log));
  await t.test('SQL in a filter is a value like any other', (t) => injection(t, log));
  await t.test('text that Postgres cannot hold is refused as such, and nothing is logged', (t) => unstorable(t, log));
  await t.test('a row that contradicts itself is refused by the database', (t) => contradictions(t, database));
  await t.test('an entry that says two things is refused before it becomes a row', (t) => twoThings(t, log));
  await t.test('300 films at once make 300 rows in one chain', (t) => parallel(t, log));
  await t.test('a film of a month without a partition is logged all the same', (t) => partitions(t, database, log));
  await t.test('an idempotency key is claimed once, answered once, and free when its process died', (t) =>
    claims(t, log),
  );
  await t.test('a key answers for 30 days, and is dropped then', (t) => oldKeys(t, log));
  await t.test('the log is followed in the order of commits, each by its own filter', (t) => follow(t, log));
  if (backend.name === 'Postgres') {
    const other = await openDatabase({ at: place });
    t.teardown(() => other.close());
    await t.test('a row that is committed later is never passed over', (t) => followUncommitted(t, log, other));
  }
  await t.test('the same name and version with another spec is refused', (t) => models(t, database, log));
  await t.test('verify finds what was changed, deleted and put in', async (t) => {
    const other = await openDatabase({ at: await backend.place() });
    t.teardown(() => other.close());
    await tampering(t, other.kysely, createDetectionLog(other));
  });
  await t.test('what points to a patient can be erased, and the chain still holds', (t) => erasure(t, database, log));
  await t.test('events without a row are in the audit', (t) => audit(t, database, log));
  await t.test('the log is ready when a write is committed', async (t) => {
    await t.resolves(log.ping());
    t.match(
      database.durability,
      backend.name === 'Postgres' ? 'survives a power cut' : 'survives a killed process, not a power cut',
    );
  });
});

async function roundTrip(t: Test, log: DetectionLog): Promise<void> {
  for (const state of ['findings', 'below-threshold', 'not-analysed'] as const) {
    const { report, reportText, candidates, candidateFloor, ...given } = entry({
      state,
      references: { externalId: 'Röntgen 7', patientRef: 'p' },
    });
    await log.append({ report, reportText, candidates, candidateFloor, ...given });
    const logged = await log.find(report.id);
    t.equal(logged?.reportText, reportText);
    t.strictSame(logged, { id: report.id, report, reportText, candidates, candidateFloor });
    t.ok(await log.find(report.id, { submitter: 'ris' }));
    t.equal(await log.find(report.id, { submitter: 'another' }), undefined, "someone else's row is not there");
  }
  t.equal(await log.find('no-uuid'), undefined);
  t.equal(await log.find('0198f0c2-0000-7000-8000-000000000000'), undefined);
  await t.rejects(log.list({}, { limit: 5, after: 'no-uuid' }), TypeError);
}

/** Any filter against the same condition in TypeScript, over 450 films: more than two pages of a stream. */
async function filters(t: Test, log: DetectionLog, reviews: Reviews): Promise<void> {
  const films: { readonly made: DetectionEntry; readonly options: EntryOptions }[] = [];
  const pick = <Value>(values: readonly Value[], index: number): Value => values[index % values.length]!;
  const days = [1, 2, 3, 29, 30].map((day) => new Date(Date.UTC(2026, day > 20 ? 8 : 9, day, 23, 59, 59, 999)));
  for (let i = 0; i < 450; i++) {
    const options: EntryOptions = {
      state: pick(['findings', 'below-threshold', 'findings', 'not-analysed'] as const, i),
      filmScore: (i % 11) / 10,
      submitter: pick(['ris', 'pacs', 'ward'], i),
      class: pick(['opacity', 'nodule'], i >> 2),
      at: new Date(pick(days, i).getTime() + (i % 7)),
      references: pick(
        [{}, { patientRef: 'p1' }, { patientRef: 'p2', accessionNumber: 'a1' }, { externalId: 'x1' }],
        i >> 1,
      ),
    };
    films.push({ made: entry(options), options });
  }
  for (const { made } of films) await log.append(made);
  const reviewed = new Set(films.filter((_, i) => i % 3 === 0).map(({ made }) => made.report.id));
  const isReviewed = (id: string) => reviewed.has(id);
  // Two of each: a film with several reviews is listed once.
  for (const { made } of films.filter(({ made }) => isReviewed(made.report.id)))
    for (const reader of ['anna', 'ben'])
      await reviews.addReview(
        made,
        { filmVerdict: 'unsuitable' },
        { reader, madeIn: 'page', actor: { actor: reader, requestId: null, address: null } },
      );
  films.sort((a, b) => (a.made.report.id < b.made.report.id ? 1 : -1));

  const holds = (filter: DetectionFilter, { made: { report, references }, options }: (typeof films)[number]): boolean =>
    (filter.state === undefined || report.state === filter.state) &&
    (filter.model === undefined || report.model.name === filter.model) &&
    (filter.class === undefined || (report.state === 'findings' && options.class === filter.class)) &&
    (filter.minFilmScore === undefined ||
      (report.state !== 'not-analysed' && report.filmScore >= filter.minFilmScore)) &&
    (filter.from === undefined || Date.parse(report.createdAt) >= filter.from.getTime()) &&
    (filter.to === undefined || Date.parse(report.createdAt) < filter.to.getTime()) &&
    (filter.submitter === undefined || report.submitter === filter.submitter) &&
    (filter.externalId === undefined || references.externalId === filter.externalId) &&
    (filter.patientRef === undefined || references.patientRef === filter.patientRef) &&
    (filter.accessionNumber === undefined || references.accessionNumber === filter.accessionNumber) &&
    (filter.sha256 === undefined || report.image?.sha256 === filter.sha256) &&
    (filter.reviewed === undefined || filter.reviewed === isReviewed(report.id));

  const time = fc.constantFrom(...days.flatMap((day) => [day, new Date(day.getTime() + 3)]));
  const anyFilter = fc.record(
    {
      state: fc.constantFrom('findings' as const, 'below-threshold' as const, 'not-analysed' as const),
      model: fc.constantFrom(model.name, 'another'),
      class: fc.constantFrom('opacity', 'nodule', 'fracture'),
      minFilmScore: fc.constantFrom(0, 0.3, 0.5, 1),
      from: time,
      to: time,
      submitter: fc.constantFrom('ris', 'pacs', 'nobody'),
      externalId: fc.constantFrom('x1', 'x2'),
      patientRef: fc.constantFrom('p1', 'p2'),
      accessionNumber: fc.constantFrom('a1', 'a2'),
      sha256: fc.constantFrom(
        films[0]!.made.report.image?.sha256 ?? sha256('none'),
        films[7]!.made.report.image?.sha256 ?? sha256('none'),
      ),
      reviewed: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(anyFilter, async (filter) => {
      const found = await log.list(filter, { limit: 500 });
      t.strictSame(
        found.map(({ id }) => id),
        films.filter((film) => holds(filter, film)).map(({ made }) => made.report.id),
        JSON.stringify(filter),
      );
    }),
    { seed: 7, numRuns: 60 },
  );
  t.ok(
    films.some((film) => holds({ class: 'nodule', patientRef: 'p2', submitter: 'ris' }, film)),
    'the films are mixed enough for filters to meet',
  );

  const streamed: string[] = [];
  for await (const { reportText } of log.stream({})) streamed.push(reportText);
  t.strictSame(
    streamed,
    films.map(({ made }) => made.reportText),
    'a stream gives every row once',
  );

  const paged: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await log.list({}, { limit: 70, ...(after !== undefined && { after }) });
    paged.push(...page.map(({ id }) => id));
    after = page.at(-1)?.id;
    if (after === undefined) break;
  }
  t.strictSame(
    paged,
    films.map(({ made }) => made.report.id),
    'pages give every row once',
  );
}

async function injection(t: Test, log: DetectionLog): Promise<void> {
  const hostile = `x' or 1=1; drop table detections cascade; --`;
  for (const filter of [
    { submitter: hostile },
    { model: hostile },
    { class: hostile },
    { externalId: hostile },
    { patientRef: hostile },
    { accessionNumber: hostile },
    { sha256: hostile },
  ]) {
    t.strictSame(await log.list(filter, { limit: 10 }), []);
  }
  const odd = entry({ submitter: hostile, references: { patientRef: hostile, externalId: hostile } });
  await log.append(odd);
  t.equal((await log.list({ submitter: hostile, patientRef: hostile }, { limit: 10 }))[0]?.reportText, odd.reportText);
}

async function unstorable(t: Test, log: DetectionLog): Promise<void> {
  const before = (await log.verify()).rows;
  const rejected = { name: 'UnstorableText' };
  await t.rejects(log.append(entry({ references: { patientRef: 'a\0b' } })), rejected);
  await t.rejects(log.append(entry({ submitter: 'a\0b' })), rejected);
  await t.rejects(log.append(entry({ references: { externalId: '\ud800' } })), rejected);
  await t.rejects(log.append(entry({ class: 'a\0b', state: 'below-threshold' })), rejected, 'in candidates');
  await t.rejects(log.list({ patientRef: 'a\0b' }, { limit: 1 }), rejected);
  t.equal((await log.verify()).rows, before);
}

async function contradictions(t: Test, { kysely }: Database): Promise<void> {
  const wrong: readonly [string, Record<string, unknown>][] = [
    ['a state that does not exist', { state: 'normal' }],
    ['scored without having been analysed', { state: 'not-analysed', reason_code: 'x' }],
    ['analysed without a score', { film_score: null }],
    ['a reason although analysed', { reason_code: 'engine-failed' }],
    ['a score above 1', { film_score: 1.2 }],
    ['a report of another row', { id: '0198f0c2-0000-7000-8000-000000000000' }],
    ['a spec that nobody remembers', { spec_sha256: sha256('other') }],
  ];
  const row = await kysely
    .selectFrom('detections')
    .selectAll()
    .where('state', '=', 'findings')
    .limit(1)
    .executeTakeFirstOrThrow();
  for (const [what, change] of wrong) {
    await t.rejects(
      kysely.updateTable('detections').set(change).where('id', '=', row.id).execute(),
      { code: /^235/ },
      what,
    );
  }
}

async function twoThings(t: Test, log: DetectionLog): Promise<void> {
  const honest = entry({ references: { externalId: 'x' } });
  await t.rejects(
    log.append({ ...honest, reportText: honest.reportText.replace('findings', 'below-threshold') }),
    TypeError,
  );
  await t.rejects(log.append({ ...honest, references: {} }), TypeError);
  const late = { ...honest.report, createdAt: '2020-01-01T00:00:00.000Z' };
  await t.rejects(log.append({ ...honest, report: late, reportText: JSON.stringify(late) }), TypeError);
  t.equal(await log.find(honest.report.id), undefined);
}

async function parallel(t: Test, log: DetectionLog): Promise<void> {
  const before = await log.verify();
  const entries = Array.from({ length: 300 }, () => entry({ submitter: 'parallel' }));
  await Promise.all(entries.map((one) => log.append(one)));
  const rows = await log.list({ submitter: 'parallel' }, { limit: 500 });
  t.strictSame(new Set(rows.map(({ reportText }) => reportText)), new Set(entries.map(({ reportText }) => reportText)));
  const after = await log.verify();
  t.strictSame({ rows: after.rows, faults: after.faults }, { rows: before.rows + 300, faults: [] });
}

async function partitions(t: Test, { kysely }: Database, log: DetectionLog): Promise<void> {
  const times = [
    '2024-02-29T23:59:59.999Z',
    '2024-03-01T00:00:00.000Z',
    '2031-12-31T23:59:59.999Z',
    '2031-12-31T23:59:59.998Z',
  ];
  const entries = times.map((time) => entry({ at: new Date(time), submitter: 'calendar' }));
  await Promise.all(entries.map((one) => log.append(one)));
  const { rows } = await sql<{
    month: string;
    id: string;
  }>`select tableoid::regclass::text as month, id::text from detections where submitter = 'calendar'`.execute(kysely);
  const monthOfRow = new Map(rows.map(({ id, month }) => [id, month]));
  t.strictSame(
    entries.map(({ report }) => monthOfRow.get(report.id)),
    ['detections_2024_02', 'detections_2024_03', 'detections_2031_12', 'detections_2031_12'],
  );
  t.strictSame((await log.verify()).faults, []);
}

async function claims(t: Test, log: DetectionLog): Promise<void> {
  const request = { submitter: 'ris', key: 'k1', bodySha256: sha256('body'), expiresInMs: 600_000 };
  const outcomes = (await Promise.all(Array.from({ length: 8 }, () => log.claim(request)))).map(
    ({ outcome }) => outcome,
  );
  t.strictSame(
    outcomes.sort(),
    ['claimed', ...Array<string>(7).fill('running')],
    'of eight requests at once one goes on',
  );
  t.strictSame(await log.claim({ ...request, bodySha256: sha256('other') }), { outcome: 'mismatch' });
  t.strictSame(
    await log.claim({ ...request, submitter: 'pacs' }),
    { outcome: 'claimed' },
    "keys are each submitter's own",
  );

  const answer = entry({ idempotency: { key: 'k1', bodySha256: request.bodySha256 } });
  await log.append(answer);
  t.match(await log.claim(request), { outcome: 'answered', detection: { reportText: answer.reportText } });
  t.strictSame(await log.claim({ ...request, bodySha256: sha256('other') }), { outcome: 'mismatch' });
  await log.release(request);
  t.match(await log.claim(request), { outcome: 'answered' }, 'what was answered is not given back');

  const second = entry({ idempotency: { key: 'k1', bodySha256: request.bodySha256 } });
  await t.rejects(log.append(second), { name: 'ClaimLost' });
  t.equal(await log.find(second.report.id), undefined, 'a key has one row');

  const dead = { ...request, key: 'k2', expiresInMs: 0 };
  t.strictSame(await log.claim(dead), { outcome: 'claimed' });
  t.strictSame(
    await log.claim({ ...dead, expiresInMs: 600_000 }),
    { outcome: 'claimed' },
    'the claim of a process that died is free after its expiry',
  );
  const freeInMs = async () => {
    const held = await log.claim(dead);
    return held.outcome === 'running' ? held.freeInMs : NaN;
  };
  t.ok((await freeInMs()) > 590_000, 'who comes second is told when to come again');
  await log.renew({ ...dead, expiresInMs: 60_000 });
  const renewed = await freeInMs();
  t.ok(renewed > 50_000 && renewed <= 60_000, `the lease was renewed: ${renewed} ms`);
  await log.release(dead);
  t.strictSame(await log.claim(dead), { outcome: 'claimed' }, 'a claim given back is free at once');
}

async function oldKeys(t: Test, log: DetectionLog): Promise<void> {
  const day = 24 * 60 * 60_000;
  const now = new Date();
  const sent = async (days: number) => {
    const request = { submitter: 'keys', key: `old-${days}`, bodySha256: sha256('body'), expiresInMs: 60_000 };
    const at = new Date(now.getTime() - days * day);
    await log.append(entry({ submitter: 'keys', at, idempotency: { key: request.key, bodySha256: sha256('body') } }));
    return request;
  };
  const [young, old] = [await sent(29), await sent(31)];
  t.equal(await log.dropOldKeys(now), 1);
  t.match(await log.claim(young), { outcome: 'answered' });
  t.match(await log.claim(old), { outcome: 'claimed' }, 'free again');
  await log.release(old);
  t.strictSame((await log.verify()).faults, [], 'the chain does not need the key');
}

async function follow(t: Test, log: DetectionLog): Promise<void> {
  const start = await log.lastSeq();
  // The second was uploaded before the first, and its row is committed after it.
  const slow = new Date(Date.now() - 60_000);
  const rows = [
    entry({ submitter: 'ward-1' }),
    entry({ submitter: 'ward-1', at: slow }),
    entry({ submitter: 'ward-2', state: 'below-threshold', filmScore: 0.2 }),
    entry({ submitter: 'ward-1', state: 'below-threshold', filmScore: 0.2 }),
  ];
  for (const row of rows) await log.append(row);
  const followed = async (seq: number, limit: number, filter?: DetectionFilter) =>
    (await log.following(seq, limit, filter)).rows.map((row) => [row.seq - start, row.id]);
  const ids = rows.map(({ report }) => report.id);
  t.strictSame(
    await followed(start, 10),
    [1, 2, 3, 4].map((seq) => [seq, ids[seq - 1]]),
  );
  t.strictSame(await followed(start + 1, 10, { submitter: 'ward-1' }), [
    [2, ids[1]],
    [4, ids[3]],
  ]);
  t.strictSame(await followed(start, 1, { state: 'below-threshold' }), [[3, ids[2]]]);
  const positionAfter = async (seq: number, limit: number, filter?: DetectionFilter) =>
    (await log.following(seq, limit, filter)).position - start;
  t.equal(await positionAfter(start, 2), 2, 'the last row of a full page');
  t.equal(await positionAfter(start, 10, { submitter: 'nobody' }), 4, 'rows that do not fit are not looked at again');
  t.equal(await positionAfter(start, 10, { submitter: 'ward-2' }), 4);
  t.equal(await positionAfter(start, 1, { submitter: 'ward-2' }), 3);
  t.equal(await positionAfter(start + 9, 10), 9, 'a position beyond the log stays');
}

/** Whoever follows a filter under which nothing comes must not pass over a row that is committed later. */
async function followUncommitted(t: Test, log: DetectionLog, other: Database): Promise<void> {
  const replica = createDetectionLog(other);
  const start = await log.lastSeq();
  const slow = entry({ submitter: 'slow' });
  let position = start;
  await other.kysely.transaction().execute(async (trx) => {
    // A replica has its link of the chain, and is not yet done.
    await createDetectionLog({ kysely: trx }).append(slow);
    const next = log.append(entry({ submitter: 'quick' }));
    for (let i = 0; i < 3; i++) {
      const followed = await log.following(position, 10, { submitter: 'slow' });
      t.strictSame(followed, { rows: [], position: start }, 'nothing is committed, and nothing is passed over');
      position = followed.position;
    }
    void next.then(() => undefined);
  });
  const seen: string[] = [];
  for (let i = 0; i < 200 && position < start + 2; i++) {
    const followed = await replica.following(position, 10, { submitter: 'slow' });
    seen.push(...followed.rows.map(({ id }) => id));
    position = followed.position;
  }
  t.strictSame(seen, [slow.report.id]);
  t.equal(position, start + 2);
}

async function models(t: Test, { kysely }: Database, log: DetectionLog): Promise<void> {
  await log.rememberModel(model);
  await t.rejects(log.rememberModel({ ...model, specSha256: sha256('changed') }), { name: 'ModelConflict' });
  await log.rememberModel({ ...model, version: '1.1.0', specSha256: sha256('changed'), specText: 'changed' });
  t.equal((await kysely.selectFrom('models').select('spec_sha256').where('name', '=', model.name).execute()).length, 2);
}

/** Each tampering in a transaction that is rolled back, so that it is found alone. */
async function tampering(t: Test, db: Kysely<Tables>, log: DetectionLog): Promise<void> {
  await log.rememberModel(model);
  const entries = Array.from({ length: 6 }, (_, i) =>
    entry({
      filmScore: 0.5 + i / 20,
      references: { externalId: `x${i}`, patientRef: `p${i}` },
      idempotency: { key: `k-${i}`, bodySha256: sha256(`film ${i}`) },
    }),
  );
  for (const one of entries) await log.append(one);
  const [, , third, fourth, , last] = entries.map(({ report }) => report.id) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const { head } = await verify(db);
  t.match(await verify(db), { rows: 6, faults: [], head: { seq: 6 } });
  t.strictSame((await verify(db, { keptHead: head })).faults, [], 'a head that was kept elsewhere is still there');
  t.strictSame((await verify(db, { keptHead: { seq: 6, hash: '00'.repeat(32) } })).faults, [
    { id: entries[5]!.report.id, problem: 'the hash of row 6 is not the one that was kept' },
  ]);
  t.strictSame((await verify(db, { keptHead: { seq: 9, hash: head.hash } })).faults, [
    { id: 'chain_head', problem: 'the chain ends at 6, before the head that was kept' },
  ]);

  const found = async (tamper: (trx: Kysely<Tables>) => Promise<unknown>): Promise<string[]> => {
    let faults: string[] = [];
    await db
      .transaction()
      .execute(async (trx) => {
        await tamper(trx);
        faults = (await verify(trx)).faults.map(({ id, problem }) => `${id}: ${problem}`);
        throw new Error('undo');
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'undo') throw error;
      });
    return faults;
  };
  const change = (set: object) => (trx: Kysely<Tables>) =>
    trx.updateTable('detections').set(set).where('id', '=', third).execute();

  const noFilm = '0198f0c2-0000-7000-8000-000000000000';
  const otherwise = 'lists do not show it as it was logged';
  const inVain = 'lists show what was not logged';
  const lower = entries[2]!.reportText.replaceAll('0.6', '0.5');
  t.not(lower, entries[2]!.reportText);
  t.strictSame(await found(change({ report: lower, film_score: 0.5 })), [
    `${third}: its report or its candidates are not those that were logged`,
    `${third}: detection_boxes are not those of the report`,
    `${third}: ${otherwise}`,
  ]);
  t.strictSame(await found(change({ candidates: '[]' })), [
    `${third}: its report or its candidates are not those that were logged`,
  ]);
  t.strictSame(await found(change({ candidate_floor: 0.2 })), [
    `${third}: its report or its candidates are not those that were logged`,
  ]);
  t.strictSame(await found(change({ report: ` ${entries[2]!.reportText}` })), [
    `${third}: its report is not written as it was answered`,
  ]);
  t.strictSame(await found(change({ submitter: 'another' })), [
    `${third}: submitter is not what the report says`,
    `${third}: ${otherwise}`,
  ]);
  const inList = (class_: string) => (trx: Kysely<Tables>) =>
    trx.deleteFrom('listed_films').where('detection_id', '=', third).where('class', '=', class_).execute();
  t.strictSame(await found(inList('')), [`${third}: ${otherwise}`], 'a film that is hidden from lists');
  t.strictSame(await found(inList('opacity')), [`${third}: ${otherwise}`], 'or from those of a class');
  const listed = (set: object) => (trx: Kysely<Tables>) =>
    trx.updateTable('listed_films').set(set).where('detection_id', '=', third).where('class', '=', 'opacity').execute();
  t.strictSame(await found(listed({ box_count: 7 })), [`${third}: ${otherwise}`]);
  t.strictSame(await found(listed({ class: 'nodule' })), [`${third}: ${otherwise}`, `${third}: ${inVain}`]);
  t.strictSame(await found(listed({ class: '', detection_id: noFilm })), [
    `${third}: ${otherwise}`,
    `${noFilm}: ${inVain}`,
  ]);
  t.strictSame(await found(change({ created_at: new Date(0) })), [`${third}: created_at is not what the report says`]);
  t.strictSame(await found(change({ film_score: 0.1 })), [
    `${third}: film_score is not what the report says`,
    `${third}: ${otherwise}`,
  ]);
  t.strictSame(
    await found((trx) =>
      trx.updateTable('detection_boxes').set({ class: 'nodule' }).where('detection_id', '=', third).execute(),
    ),
    [`${third}: detection_boxes are not those of the report`, `${third}: ${otherwise}`, `${third}: ${inVain}`],
  );
  t.strictSame(
    await found((trx) =>
      trx.updateTable('film_references').set({ external_id: 'y' }).where('detection_id', '=', third).execute(),
    ),
    [`${third}: external_id is not what the report says`, `${third}: its references are not those that were logged`],
  );
  const swapped = await found(async (trx) => {
    for (const [id, patient] of [
      [third, 'p3'],
      [fourth, 'p2'],
    ] as const)
      await trx.updateTable('film_references').set({ patient_ref: patient }).where('detection_id', '=', id).execute();
  });
  t.strictSame(
    swapped,
    [third, fourth].map((id) => `${id}: its references are not those that were logged`),
    'two patients were swapped',
  );
  const bare = (set: object) => (trx: Kysely<Tables>) =>
    trx.updateTable('film_references').set(set).where('detection_id', '=', third).execute();
  t.strictSame(await found(bare({ accession_number: 'A7' })), [
    `${third}: its references are not those that were logged`,
  ]);
  t.strictSame(
    await found((trx) => trx.deleteFrom('film_references').where('detection_id', '=', last).execute()),
    [`${last}: external_id is not what the report says`, `${last}: its references are missing, and were not erased`],
    'taken away, and not by an erasure',
  );
  t.strictSame(
    await found((trx) =>
      trx.updateTable('idempotency_keys').set({ detection_id: third }).where('key', '=', 'k-3').execute(),
    ),
    [`${third}: an idempotency key that is not its own points to it`],
    "the answer to a key is another film's",
  );
  t.strictSame(await found((trx) => trx.updateTable('models').set({ spec: '{}' }).execute()), [
    `${model.name} ${model.version}: the spec of this model is not under its hash`,
  ]);
  t.strictSame(
    await found(async (trx) => {
      await sql`alter table detections drop constraint detections_spec_sha256_fkey`.execute(trx);
      await trx
        .updateTable('models')
        .set({ spec: '{}', spec_sha256: sha256('{}') })
        .execute();
    }),
    [`spec ${model.specSha256}: rows name this spec, and it is not there`],
    'a spec that was exchanged with its hash',
  );
  t.strictSame(
    await found(change({ references_digest: null, key_digest: null })),
    [`${third}: its report or its candidates are not those that were logged`],
    'a row cannot be made one of before the digests',
  );

  const remove = (id: string) => async (trx: Kysely<Tables>) => {
    for (const table of ['detection_boxes', 'film_references', 'idempotency_keys', 'listed_films'] as const)
      await trx.deleteFrom(table).where('detection_id', '=', id).execute();
    await trx.deleteFrom('detections').where('id', '=', id).execute();
  };
  t.strictSame(await found(remove(third)), [`${fourth}: rows are missing before it: 3`]);
  t.strictSame(await found(remove(last)), ['chain_head: rows are missing at the end: 6']);
  t.strictSame(
    await found(async (trx) => {
      await remove(third)(trx);
      await trx
        .updateTable('detections')
        .set((eb) => ({ seq: eb('seq', '-', 1) }))
        .where('seq', '>', 3)
        .execute();
      await trx.updateTable('chain_head').set({ seq: 5 }).execute();
    }),
    [`${fourth}: it does not follow the row before it`],
  );
  t.strictSame(
    await found((trx) =>
      trx
        .updateTable('chain_head')
        .set({ hash: Buffer.alloc(32, 1) })
        .execute(),
    ),
    ['chain_head: the head is not the hash of the last row'],
  );

  const forged = entry({ state: 'below-threshold', filmScore: 0.1 });
  const putIn = (seq: number) => async (trx: Kysely<Tables>) => {
    const template = await trx.selectFrom('detections').selectAll().where('id', '=', third).executeTakeFirstOrThrow();
    const { report } = forged;
    await trx
      .insertInto('detections')
      .values({
        ...template,
        id: report.id,
        created_at: new Date(report.createdAt),
        state: 'below-threshold',
        film_score: 0.1,
        image_sha256: sha256(report.id),
        report: forged.reportText,
        candidates: JSON.stringify(forged.candidates),
        seq,
      })
      .execute();
  };
  t.match(await found(putIn(3)), [
    `${forged.report.id}: inserted: sequence number 3 appears twice in the chain`,
    `${forged.report.id}: its report or its candidates are not those that were logged`,
  ]);
  t.strictSame(await found(putIn(7)), [`${forged.report.id}: inserted after the head of the chain`]);
  t.match(await verify(db), { rows: 6, faults: [] });
}

async function erasure(t: Test, { kysely }: Database, log: DetectionLog): Promise<void> {
  const patient = { patientRef: 'patient-9', externalId: 'erase-me', accessionNumber: 'acc-9' };
  const [first, second, other] = [
    entry({ references: patient, idempotency: { key: 'exam-9', bodySha256: sha256('9') } }),
    entry({ references: { patientRef: 'patient-9' } }),
    entry({
      references: { patientRef: 'patient-10', externalId: 'keep-me' },
      idempotency: { key: 'exam-10', bodySha256: sha256('10') },
    }),
  ] as const;
  const keys = async () =>
    (await kysely.selectFrom('idempotency_keys').select('key').where('key', 'like', 'exam-%').execute()).map(
      ({ key }) => key,
    );
  for (const one of [first, second, other]) await log.append(one);
  t.equal(
    await log.eraseReferences({ patientRef: 'patient-9', externalId: 'nobody' }, 'op'),
    0,
    'all that is given must fit',
  );
  t.equal(await log.eraseReferences({ patientRef: 'patient-9' }, 'op'), 2);
  t.equal(await log.eraseReferences({ patientRef: 'patient-9' }, 'op'), 0);
  t.strictSame(await keys(), ['exam-10'], 'an idempotency key often is the number of the exam');

  const { externalId, ...rest } = first.report;
  t.equal(externalId, 'erase-me');
  t.equal((await log.find(first.report.id))?.reportText, JSON.stringify(rest));
  t.equal((await log.find(second.report.id))?.reportText, second.reportText, 'a report that named nobody is untouched');
  t.equal((await log.find(other.report.id))?.reportText, other.reportText);
  t.strictSame(await log.list({ externalId: 'erase-me' }, { limit: 5 }), []);
  t.equal(await log.eraseReferences({ id: other.report.id }, 'op'), 1);
  t.strictSame(await keys(), []);
  t.equal(await log.eraseReferences({ id: 'no-uuid' }, 'op'), 0);
  await t.rejects(log.eraseReferences({}, 'op'), TypeError, 'nobody erases everything by leaving everything out');
  t.strictSame((await log.verify()).faults, []);
  const noted = await kysely
    .selectFrom('audit_events')
    .select(['actor', 'detail'])
    .where('code', '=', 'references-erased')
    .orderBy('id')
    .execute();
  t.strictSame(
    noted.map(({ detail }) => detail),
    ['0 rows', '2 rows', '0 rows', '1 rows', '0 rows'],
  );
  t.notMatch(JSON.stringify(noted), /patient-9|erase-me/, 'the note of an erasure does not keep what was erased');
}

async function audit(t: Test, { kysely }: Database, log: DetectionLog): Promise<void> {
  await log.audit({
    code: 'unsupported-image',
    actor: 'ris',
    requestId: 'r1',
    address: '192.0.2.7',
    sizeBytes: 3_000_000_000,
    sha256: sha256('upload'),
    detail: 'gif',
  });
  await log.audit({ code: 'login-failed', actor: null, requestId: null, address: null });
  const events = await kysely
    .selectFrom('audit_events')
    .select(['code', 'actor', 'request_id', 'address', 'size_bytes', 'sha256', 'detail'])
    // Those come from other tests.
    .where('code', 'not in', ['references-erased', 'review-added'])
    .orderBy('id')
    .execute();
  t.strictSame(events, [
    {
      code: 'unsupported-image',
      actor: 'ris',
      request_id: 'r1',
      address: '192.0.2.7',
      size_bytes: 3_000_000_000,
      sha256: sha256('upload'),
      detail: 'gif',
    },
    {
      code: 'login-failed',
      actor: null,
      request_id: null,
      address: null,
      size_bytes: null,
      sha256: null,
      detail: null,
    },
  ]);
}
