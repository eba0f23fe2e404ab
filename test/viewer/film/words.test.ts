import t from 'tap';
import { filmFacts } from '../../../src/viewer/film/frame/filmFacts.js';
import { identityFacts } from '../../../src/viewer/film/identity/identityFacts.js';
import { printedFacts } from '../../../src/viewer/film/print/printedFacts.js';
import { drawnBoxes } from '../../../src/viewer/film/state/drawnBoxes.js';
import { waitingWords } from '../../../src/viewer/film/state/waitingWords.js';
import { clockTime, when } from '../../../src/viewer/ui/dates.js';
import { madeBox, madeReading, madeReport, notAnalysedReport } from './made.js';

/** What is said about a film: in its head, at its foot, on its boxes, on paper, and while there is no report. */

t.test('nothing is said to be loading while the server is away, nor after a fault', (t) => {
  const away = new Date('2026-11-21T21:40:00Z');
  t.match(waitingWords({ fault: undefined }, { sinceMs: 300, awaySince: undefined }), { headline: 'LOADING' });
  t.match(waitingWords({ fault: undefined }, { sinceMs: 25_900, awaySince: undefined }), { headline: 'LOADING 25 s' });
  const words = waitingWords({ fault: undefined }, { sinceMs: 508_000, awaySince: away });
  t.match(words, { headline: 'NO ANSWER', detail: `since ${clockTime(away)}` });
  t.notMatch(`${words.headline} ${words.detail}`, /loading/i);
  t.strictSame(waitingWords({ fault: new Error('The log is away.') }, { sinceMs: 0, awaySince: away }), {
    headline: 'NO REPORT',
    detail: 'The log is away.',
  });
  t.end();
});

t.test('a study date is a day wherever the reader is', (t) => {
  const facts = new Map(identityFacts({ patientRef: 'P-1', studyDate: '2026-11-21' }));
  t.equal(facts.get('Study'), '2026-11-21');
  t.equal(facts.get('Patient'), 'P-1');
  t.equal(facts.get('Accession'), undefined);
  t.end();
});

t.test('the foot names the film, and says if its grey levels were inverted', async (t) => {
  const report = madeReport([madeBox(1, 0.8)]);
  const { film } = await madeReading(report);
  const facts = `${when(report.createdAt)} · 100 × 80, 8-bit PNG`;
  t.equal(filmFacts(film, undefined), facts);
  t.equal(filmFacts(film, 'exam.png'), `exam.png · ${facts}`);
  const image = report.image;
  if (image === null) throw new Error('It has an image.');
  const inverted = { ...image, preparation: { ...image.preparation, inverted: true } };
  t.match(filmFacts((await madeReading({ ...report, image: inverted })).film, undefined), /inverted for the analysis$/);
});

t.test('on the film a finding has its class, a candidate its rank; the box in focus says all', async (t) => {
  const report = madeReport([madeBox(1, 0.8), madeBox(2, 0.3096)]);
  const labels = async (state: object) => drawnBoxes(await madeReading(report, state)).map(({ label }) => label);
  t.strictSame(await labels({ minScore: 0.1 }), [['1 opacity'], ['2']]);
  t.strictSame(await labels({ minScore: 0.1, hovered: 'film-2' }), [
    ['1 opacity'],
    ['2 opacity, score 0.309, below 0.310', 'm 1.0.0'],
  ]);
  t.strictSame(drawnBoxes(await madeReading(notAnalysedReport)), []);
});

t.test('a sheet says what the view hides, and that another film beside it is not on it', async (t) => {
  const report = madeReport([madeBox(1, 0.8), madeBox(2, 0.5)]);
  const plain = printedFacts(await madeReading(report), false);
  t.match(plain, { headline: 'FINDINGS: 2 boxes at or above 0.310', differences: [] });
  t.strictSame(plain?.boxes, ['1 opacity 0.800', '2 opacity 0.500']);
  const facts = new Map(plain?.facts);
  t.strictSame(
    [facts.get('Film'), facts.get('Threshold'), facts.get('Report')],
    ['100 × 80, 8-bit PNG', '0.310', 'film'],
  );
  const narrowed = printedFacts(await madeReading(report, { minScore: 0.6 }), true);
  t.strictSame(narrowed?.boxes, ['1 opacity 0.800'], 'what is hidden is not listed');
  t.equal(narrowed?.differences.length, 2);
  t.match(narrowed?.differences[1], /other film .* not on this sheet/);
});

t.test('a sheet of a film that was not analysed has the reason, what to do, and no number', async (t) => {
  const facts = printedFacts(await madeReading(notAnalysedReport), false);
  t.match(facts?.detail, /It looks like a lateral film\..*Read it without the detector/);
  t.strictSame(facts?.boxes, []);
  t.notOk(new Map(facts?.facts).has('Threshold'));
});
