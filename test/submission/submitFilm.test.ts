import { readFile } from 'node:fs/promises';
import t from 'tap';
import { DatabaseUnavailable } from '../../src/database/index.js';
import { submitFilm, type LoggedFilm, type SubmissionContext } from '../../src/submission/index.js';
import { analysedWith, failedWith, fakeEngine, film as bytes, memoryLog, spec } from '../http/fakes.js';

/** A new door: it submits films and knows no HTTP. */
function door(changes: Partial<SubmissionContext> = {}) {
  const engine = fakeEngine();
  const log = memoryLog();
  const kept: string[] = [];
  const told: LoggedFilm[] = [];
  const model = { spec, specSha256: 'b'.repeat(64), specText: '', folder: '', onnxPath: '', card: null };
  const context: SubmissionContext = {
    engine,
    log,
    films: { keep: ({ detectionId }) => void kept.push(detectionId) },
    registry: { defaultModel: spec.name, models: new Map([[spec.name, model]]) },
    onLogged: (film) => void told.push(film),
    ...changes,
  };
  return { context, engine, log, kept, told };
}

t.test('a film from any door is analysed, logged once, kept, and told of', async (t) => {
  const { context, log, kept, told } = door();
  const references = { patientRef: 'P-1', externalId: 'e' };
  const answer = await submitFilm(context, { submitter: 'dimse', bytes, references });
  const [entry] = log.entries;
  t.equal(answer.reportText, entry?.reportText, 'the very text that was committed');
  t.match(entry?.report, { id: answer.id, submitter: 'dimse', externalId: 'e', state: 'findings' });
  t.same(entry?.references, references);
  t.same(kept, [answer.id]);
  t.equal(told.length, 1);
  t.equal(answer.replayed, false);
});

t.test('a DICOM film brings its references; what the sender says stands, but for UIDs of another film', async (t) => {
  const { context, engine, log, kept } = door();
  const identifiers = {
    patientRef: 'PAT-1',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.1',
    sopInstanceUid: '1.2.4',
    studyDate: '2026-01-31',
  };
  engine.analyse = ({ bytes: sent }) => Promise.resolve({ ...analysedWith(sent, 0.9), identifiers });
  await submitFilm(context, { submitter: 'ris', bytes, references: {} });
  await submitFilm(context, {
    submitter: 'ris',
    bytes,
    references: { patientRef: 'TRIAL-7', accessionNumber: 'A', sopInstanceUid: '1.2.4' },
  });
  t.same(
    log.entries.map(({ references }) => references),
    [identifiers, { ...identifiers, patientRef: 'TRIAL-7', accessionNumber: 'A' }],
  );
  t.notMatch(log.entries.map(({ reportText }) => reportText).join(), /PAT-1|1\.2\.[34]|2026-01-31/);
  const other = submitFilm(context, { submitter: 'ris', bytes, references: { studyInstanceUid: '1.2.99' } });
  await t.rejects(other, { name: 'SubmissionRefused', code: 'bad-parameter', message: /^[^\d]*$/ });
  const otherSeries = submitFilm(context, { submitter: 'ris', bytes, references: { seriesInstanceUid: '1.2.3.2' } });
  await t.rejects(otherSeries, { code: 'bad-parameter', message: /Series Instance UID/ });
  t.equal(log.entries.length, 2, 'a mix-up leaves no row');
  t.equal(kept.length, 2);
});

t.test('the example of the documentation runs', async (t) => {
  const source = await readFile(new URL('../../src/submission/submitFilm.ts', import.meta.url), 'utf8');
  const example = /@example\n \* (.*)\n/.exec(source)?.[1];
  t.equal(
    example,
    "const { id, reportText } = await submitFilm(context, { submitter: 'ris', bytes, references: {} });",
    'it is the call below',
  );
  const { context } = door();
  const { id, reportText } = await submitFilm(context, { submitter: 'ris', bytes, references: {} });
  t.match(JSON.parse(reportText), { id, submitter: 'ris' });
});

t.test('under a key a film is analysed once, and its answer is given again', async (t) => {
  const { context, engine, log } = door();
  const submission = { submitter: 'ris', bytes, references: {}, idempotencyKey: 'k' };
  const first = await submitFilm(context, submission);
  const again = await submitFilm(context, submission);
  t.same(again, { ...first, replayed: true });
  t.equal(engine.films.length, 1);
  await t.rejects(submitFilm(context, { ...submission, bytes: Buffer.from('another') }), {
    code: 'idempotency-mismatch',
  });
  log.openClaims.set('ris busy', '');
  await t.rejects(submitFilm(context, { ...submission, idempotencyKey: 'busy' }), { code: 'idempotency-mismatch' });
});

t.test('a claim is short and renewed while its film is in work', async (t) => {
  const claims: number[] = [];
  let renewals = 0;
  const log = memoryLog();
  const { claim } = log;
  log.claim = (request) => {
    claims.push(request.expiresInMs);
    return claim(request);
  };
  let renewed = () => {};
  const twice = new Promise<void>((resolve) => (renewed = resolve));
  log.renew = () => {
    renewals += 1;
    if (renewals === 2) renewed();
    // The database is away for the first one: the next one tries again.
    return renewals === 1 ? Promise.reject(new DatabaseUnavailable('away')) : Promise.resolve();
  };
  const { context, engine } = door({ log });
  engine.analyse = async ({ bytes: sent }) => {
    await twice;
    return analysedWith(sent, 0.9);
  };
  await submitFilm(context, { submitter: 'ris', bytes, references: {}, idempotencyKey: 'k' });
  t.ok(
    claims.every((ms) => ms <= 5000),
    'a process that dies locks its film out for 5 s at most',
  );
  t.equal(log.entries.length, 1);
});

t.test('a release that fails hides neither the fault nor the key for long', async (t) => {
  const { context, engine, log } = door();
  const submission = { submitter: 'ris', bytes, references: {}, idempotencyKey: 'k' };
  const { analyse } = engine;
  engine.analyse = () => Promise.reject(new Error('the engine broke'));
  log.release = () => Promise.reject(new DatabaseUnavailable('away'));
  await t.rejects(submitFilm(context, submission), { message: 'the engine broke' });
  engine.analyse = analyse;
  await t.rejects(submitFilm(context, submission), { code: 'in-progress', retryAfterMs: 2500 });
});

t.test('what is refused has no row; what the engine gave up on has one', async (t) => {
  const { context, engine, log, kept } = door();
  await t.rejects(submitFilm(context, { submitter: 'ris', bytes, model: 'nope', references: {} }), {
    code: 'unknown-model',
  });
  t.equal(log.entries.length, 0);
  engine.analyse = () => Promise.resolve(failedWith('deadline'));
  await t.rejects(submitFilm(context, { submitter: 'ris', bytes, references: {} }), {
    name: 'FilmNotAnalysed',
    code: 'deadline',
    detectionId: /^[0-9a-f-]{36}$/,
  });
  t.match(log.entries[0]?.report, { state: 'not-analysed', reason: { code: 'deadline' } });
  t.same(kept, [log.entries[0]?.report.id]);
});
