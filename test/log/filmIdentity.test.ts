import t, { type Test } from 'tap';
import { type Database, openDatabase } from '../../src/database/index.js';
import { copyLog, createDetectionLog, type DetectionLog, type FilmReferences } from '../../src/log/index.js';
import { referencesText } from '../../src/log/seal.js';
import { onEachBackend } from '../backends.js';
import { entry, model, sha256 } from './entries.js';

const everything: Required<FilmReferences> = {
  patientRef: 'P-1',
  accessionNumber: 'A-1',
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.1',
  sopInstanceUid: '1.2.3.4',
  externalId: 'Röntgen 7',
  studyDate: '2024-02-29',
  label: 'Thorax p.a., “im Liegen” 🩻',
};

const none = {
  patient_ref: null,
  accession_number: null,
  study_instance_uid: null,
  sop_instance_uid: null,
  external_id: null,
};

await onEachBackend(t, async (t, backend) => {
  const open = async () => {
    const database = await openDatabase({ at: await backend.place() });
    t.teardown(() => database.close());
    const log = createDetectionLog(database);
    return { database, log };
  };
  const { database, log } = await open();
  await log.rememberModel(model);

  await t.test('everything that a sender said of a film is read back', (t) => readBack(t, log));
  await t.test('priors are all other films of the patient, by the day on which they were taken', (t) => priors(t, log));
  await t.test('a study date or a label that was changed in the table is found', (t) => tampering(t, database, log));
  await t.test('a copy has study dates and labels, and its chain holds', async (t) => {
    const target = await open();
    await copyLog(database.kysely, target.database.kysely);
    const ids = (await log.list({}, { limit: 50 })).map(({ id }) => id);
    t.ok(ids.length > 5);
    t.strictSame(await target.log.references(ids), await log.references(ids));
    t.strictSame((await target.log.verify()).faults, []);
  });
  await t.test('erased references leave no study date and no label', async (t) => {
    const { report } = await appended(log, everything);
    t.equal(await log.eraseReferences({ patientRef: 'P-1', externalId: everything.externalId }, 'op'), 2);
    t.strictSame(await log.references([report.id]), new Map());
    t.strictSame((await log.verify()).faults, []);
  });
});

t.test('the digests of rows from before there were study dates and labels hold', (t) => {
  const before = { patient_ref: 'P', external_id: null, accession_number: 'A' };
  const written = '[["accession_number","A"],["patient_ref","P"]]';
  t.equal(referencesText(before), written);
  t.equal(referencesText({ ...before, study_date: null, label: null, series_instance_uid: null }), written);
  t.not(referencesText({ ...before, study_date: null, label: 'p.a.' }), written);
  t.end();
});

async function appended(log: DetectionLog, references: FilmReferences, more: object = {}) {
  const made = entry({ references, ...more });
  await log.append(made);
  return made;
}

async function readBack(t: Test, log: DetectionLog): Promise<void> {
  const whole = await appended(log, everything, { idempotency: { key: 'k', bodySha256: sha256('k') } });
  const some = await appended(log, { label: 'a.p.' });
  const none = await appended(log, {});
  const ids = [whole, some, none].map(({ report }) => report.id);
  t.strictSame(
    await log.references(ids),
    new Map<string | undefined, FilmReferences>([
      [ids[0], everything],
      [ids[1], { label: 'a.p.' }],
    ]),
  );
  t.strictSame(await log.references([]), new Map());
  await t.rejects(appended(log, { studyDate: '29.2.2024' }), 'the database takes days only');
  t.strictSame((await log.verify()).faults, []);
}

async function priors(t: Test, log: DetectionLog): Promise<void> {
  const at = (day: number) => new Date(Date.UTC(2026, 5, day));
  const of = async (day: number, studyDate?: string, more: object = {}) => {
    const references = { patientRef: 'P-2', ...(studyDate !== undefined && { studyDate }) };
    return (await appended(log, references, { at: at(day), ...more })).report.id;
  };
  // Uploaded in another order than they were taken.
  const today = await of(1, '2026-05-30');
  const archived = await of(2, '2019-03-01');
  const unknownOld = await of(3);
  const newest = await of(4, '2026-05-31');
  const unknownNew = await of(5);
  const sameDay = await of(6, '2026-05-30');
  const anothers = await of(7, '2026-05-30', { submitter: 'pacs' });
  const idsOf = async (id: string) => (await log.priors(id)).map((row) => row.id);
  t.strictSame(await idsOf(today), [newest, sameDay, archived, unknownNew, unknownOld]);
  t.strictSame(await idsOf(newest), [sameDay, today, archived, unknownNew, unknownOld], 'later ones are in it');
  t.strictSame(await idsOf(unknownOld), [newest, sameDay, today, archived, unknownNew]);
  t.strictSame(await idsOf(anothers), [], 'two senders may call two patients the same');
  t.strictSame(await idsOf((await appended(log, { label: 'P-2' })).report.id), []);
  t.strictSame(await idsOf('no-uuid'), []);
}

async function tampering(t: Test, { kysely }: Database, log: DetectionLog): Promise<void> {
  const { report } = await appended(log, { studyDate: '2026-01-01', label: 'p.a.' });
  const { report: bare } = await appended(log, {});
  const change = (set: object) =>
    kysely.updateTable('film_references').set(set).where('detection_id', '=', report.id).execute();
  const faults = async () => (await log.verify()).faults;
  const changed = [{ id: report.id, problem: 'its references are not those that were logged' }];
  await change({ study_date: '2025-01-01' });
  t.strictSame(await faults(), changed);
  await change({ study_date: '2026-01-01', label: 'a.p.' });
  t.strictSame(await faults(), changed);
  await change({ label: 'p.a.' });
  t.strictSame(await faults(), []);
  await kysely
    .insertInto('film_references')
    .values({ detection_id: bare.id, ...none, label: 'added' })
    .execute();
  t.strictSame(await faults(), [{ id: bare.id, problem: changed[0]?.problem }]);
  await kysely.deleteFrom('film_references').where('detection_id', '=', bare.id).execute();
}
