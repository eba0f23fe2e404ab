import { hash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { type Database, openDatabase, timeOfId } from '../../src/database/index.js';
import { createReviews, type ReviewRefused } from '../../src/reviews/index.js';
import { readCorrection, savedReport } from '../../src/dicom/index.js';
import { boxAt, findings as ofDicomFilm, source as film } from '../dicom/results.js';
import { outline, savedInOhif } from '../dicom/savedInOhif.js';
import { onEachBackend } from '../backends.js';
import { entry } from '../log/entries.js';

/** The film is 2021 pixels square, its reported box ends in -1, its candidate below the threshold in -2. */
const findings = entry();
const { id } = findings.report;
const [reported, candidate] = [`${id}-1`, `${id}-2`];
const unanalysed = entry({ state: 'not-analysed' });
const box = { x: 10, y: 20.5, width: 30.25, height: 40 };

const by = (reader: string, requestKey?: string) => ({
  reader,
  madeIn: 'page' as const,
  actor: { actor: reader, requestId: null, address: null },
  ...(requestKey !== undefined && { requestKey }),
});

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  await t.test('a review comes back as it was recorded, beside those of other readers', (t) => recorded(t, database));
  await t.test('what can not be a review of this report is refused by a code', (t) => refused(t, database));
  await t.test('the same key is the same review, however often and at once it comes', (t) => keyed(t, database));
  await t.test('what a reader saved in OHIF is a review, however often it is read', (t) => fromOhif(t, database));
  await t.test('nobody changes or deletes a review', (t) => unchangeable(t, database));
});

async function recorded(t: Test, database: Database): Promise<void> {
  const { addReview, reviewsOf } = createReviews(database);
  const whole = {
    verdicts: [
      { id: reported, verdict: 'moved', movedTo: box },
      { id: candidate, verdict: 'right' },
    ],
    drawn: [{ class: 'opacity', box }],
    complete: true,
    comment: 'Behind the heart.\n„Rotated.“',
    threshold: 0.05,
    readFirst: true,
  } as const;
  const [verdicts, drawn] = [[...whole.verdicts], [...whole.drawn]];
  const first = await addReview(findings, { ...whole, verdicts, drawn }, by('anna'));
  const second = await addReview(findings, { verdicts: [{ id: reported, verdict: 'wrong' }] }, by('ben'));
  const later = await addReview(findings, { filmVerdict: 'unsuitable' }, by('anna'));
  t.match(first, { replayed: false, review: { ...whole, detectionId: id, reader: 'anna', madeIn: 'page' } });
  t.match(first.review, { filmVerdict: null });
  t.equal(timeOfId(first.review.id).toISOString(), first.review.createdAt);
  t.strictSame([...(await reviewsOf([id, unanalysed.report.id]))], [[id, [first.review, second.review, later.review]]]);
  t.strictSame([...(await reviewsOf([]))], []);

  const rows = await database.kysely.selectFrom('reviews').select(['id', 'review']).orderBy('id').execute();
  const events = await database.kysely.selectFrom('audit_events').selectAll().orderBy('id').execute();
  t.strictSame(
    events.map(({ code, actor, sha256, detail }) => [code, actor, sha256, detail]),
    rows.map((row, i) => [
      'review-added',
      ['anna', 'ben', 'anna'][i],
      hash('sha256', row.review),
      `review ${row.id} of ${id}`,
    ]),
    'the audit holds the hash of each',
  );
}

async function refused(t: Test, database: Database): Promise<void> {
  const { addReview, reviewsOf } = createReviews(database);
  const drawn = (changed: Partial<typeof box>) => ({ drawn: [{ class: 'opacity', box: { ...box, ...changed } }] });
  const many = Array.from({ length: 501 }, () => ({ class: 'opacity', box }));
  const cases: readonly (readonly [ReviewRefused['code'], typeof findings, Parameters<typeof addReview>[1]])[] = [
    ['bad-review', findings, {}],
    ['bad-review', findings, { verdicts: [], drawn: [], complete: false, threshold: 0.3, readFirst: true }],
    ['bad-review', findings, { verdicts: [{ id: reported, verdict: 'moved' }] }],
    ['bad-review', findings, { verdicts: [{ id: reported, verdict: 'right', movedTo: box }] }],
    [
      'bad-review',
      findings,
      {
        verdicts: [
          { id: reported, verdict: 'right' },
          { id: reported, verdict: 'wrong' },
        ],
      },
    ],
    ['unknown-box', findings, { verdicts: [{ id: `${entry().report.id}-1`, verdict: 'right' }] }],
    ['unknown-box', findings, { verdicts: [{ id: `${id}-3`, verdict: 'right' }] }],
    ['unknown-class', findings, { drawn: [{ class: 'nodule', box }] }],
    ['too-many-boxes', findings, { drawn: many }],
    ['box-outside-film', findings, drawn({ x: 2000 })],
    ['box-outside-film', findings, drawn({ y: -0.01 })],
    ['box-outside-film', findings, drawn({ width: 0 })],
    ['box-outside-film', findings, drawn({ height: -1 })],
    ['box-outside-film', findings, drawn({ x: NaN })],
    ['box-outside-film', findings, { verdicts: [{ id: reported, verdict: 'moved', movedTo: { ...box, x: 2000 } }] }],
    ['film-not-analysed', unanalysed, { complete: true }],
    ['film-not-analysed', unanalysed, drawn({})],
    ['film-not-analysed', unanalysed, { verdicts: [{ id: `${unanalysed.report.id}-1`, verdict: 'right' }] }],
    ['film-not-analysed', unanalysed, { filmVerdict: 'unsuitable', threshold: 0.3 }],
  ];
  const before = await count(database);
  for (const [code, reviewed, input] of cases)
    await t.rejects(
      addReview(reviewed, input, by('anna')),
      { name: 'ReviewRefused', code },
      JSON.stringify(input).slice(0, 90),
    );
  t.strictSame(await count(database), before, 'nothing was recorded of them');
  await addReview(unanalysed, { filmVerdict: 'unsuitable', comment: 'A hand.' }, by('anna'));
  await addReview(findings, { drawn: many.slice(1) }, by('cora'));
  await addReview(findings, drawn({ x: 0, y: 0, width: 2021, height: 2021 }), by('cora'));
  const found = await reviewsOf([unanalysed.report.id, id]);
  t.strictSame([found.get(unanalysed.report.id)?.length, found.get(id)?.length], [1, 5]);
}

async function keyed(t: Test, database: Database): Promise<void> {
  const { addReview, reviewsOf } = createReviews(database);
  const one = entry();
  const key = randomUUID();
  const added = await Promise.all(
    Array.from({ length: 10 }, () => addReview(one, { complete: true }, by('anna', key))),
  );
  t.equal(added.filter(({ replayed }) => !replayed).length, 1);
  t.equal(new Set(added.map(({ review }) => review.id)).size, 1);
  await t.rejects(addReview(one, { comment: 'Another.' }, by('anna', key)), { code: 'key-reused' });
  await t.rejects(addReview(findings, { complete: true }, by('anna', key)), { code: 'key-reused' });
  t.match(await addReview(one, { complete: true }, by('ben', key)), { replayed: false }, 'keys are of one reader');
  t.match(await addReview(one, { complete: true }, by('anna')), { replayed: false }, 'without a key, a further one');
  t.equal((await reviewsOf([one.report.id])).get(one.report.id)?.length, 3);
}

async function fromOhif(t: Test, database: Database): Promise<void> {
  const { addReview } = createReviews(database);
  const ours = ofDicomFilm([boxAt([60.5, 150.25, 120.5, 110.25], 1), boxAt([300, 40, 100, 70], 2)]);
  const row = { report: ours, candidates: ours.state === 'findings' ? ours.detections : [] };
  const bytes = await savedInOhif(ours, [
    { points: outline(60.5, 150.25, 120.5, 110.25), comment: `opacity 87.31 % (${ours.id}-1)` },
    { points: outline(10, 20, 30, 40) },
  ]);
  const { requestKey, verdicts, drawn } = readCorrection(savedReport(bytes), ours, film);
  const origin = { ...by('Doe^Anna', requestKey), madeIn: 'ohif' } as const;
  const { review, replayed } = await addReview(row, { verdicts, drawn }, origin);
  t.equal(replayed, false);
  t.match(review, {
    madeIn: 'ohif',
    reader: 'Doe^Anna',
    verdicts: [
      { id: `${ours.id}-1`, verdict: 'right' },
      { id: `${ours.id}-2`, verdict: 'wrong' },
    ],
    drawn: [{ class: 'opacity', box: { x: 10, y: 20, width: 30, height: 40 } }],
  });
  t.strictSame(await addReview(row, { verdicts, drawn }, origin), { review, replayed: true });
}

async function unchangeable(t: Test, { kysely }: Database): Promise<void> {
  const before = await kysely.selectFrom('reviews').selectAll().orderBy('id').execute();
  for (const change of [
    sql`update reviews set reader = 'eve'`,
    sql`update reviews set review = replace(review, 'wrong', 'right')`,
    sql`delete from reviews`,
    sql`truncate reviews`,
  ])
    await t.rejects(change.execute(kysely), /never changed/);
  const forged = { ...before[0]!, id: randomUUID() };
  await t.rejects(kysely.insertInto('reviews').values(forged).execute(), /review_is_of_this_row/);
  t.strictSame(await kysely.selectFrom('reviews').selectAll().orderBy('id').execute(), before);
}

async function count({ kysely }: Database): Promise<unknown> {
  const { rows } = await sql`
    select (select count(*) from reviews) as reviews, (select count(*) from audit_events) as events`.execute(kysely);
  return rows;
}
