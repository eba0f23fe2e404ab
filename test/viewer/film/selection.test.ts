import t from 'tap';
import { lengthText, measureOnScreen, type PixelSpacing, pixelText } from '../../../src/viewer/film/pane/measure.js';
import { createSelection } from '../../../src/viewer/film/selection.js';
import { madeBox, madeReading, madeReport } from './made.js';
import { madeStage } from './stage.js';

/** Boxes that are pointed at, and the ends of distances. */

async function selectionOf(scores: readonly number[]) {
  const reading = await madeReading(madeReport(scores.map((score, i) => madeBox(i + 1, score))));
  const { stage, told } = madeStage(reading);
  const heard: string[] = [];
  return { reading, told, heard, selection: createSelection(stage, (text) => heard.push(text)) };
}

t.test('a click selects a box, a second in the same place the next one below, one on nothing deselects', async (t) => {
  const { reading, selection } = await selectionOf([0.8, 0.7]);
  selection.select(['film-1', 'film-2']);
  t.equal(reading.state.selected, 'film-1');
  selection.select(['film-1', 'film-2']);
  t.equal(reading.state.selected, 'film-2');
  selection.select(['film-1', 'film-2']);
  t.equal(reading.state.selected, 'film-1', 'and round');
  selection.select([]);
  t.equal(reading.state.selected, undefined);
});

t.test('stepping goes through the boxes that are seen, brings each into view and says it', async (t) => {
  const { reading, selection, told, heard } = await selectionOf([0.8, 0.3096, 0.4]);
  selection.step(1);
  selection.step(1);
  t.equal(reading.state.selected, 'film-3', 'past the candidate below the threshold');
  t.strictSame(heard, ['Box 1, opacity, score 0.800, 1 of 2 shown', 'Box 3, opacity, score 0.400, 2 of 2 shown']);
  t.equal(told.length, 2);
  t.match(told[0], /^bringIntoView \{"x":10,/);
  selection.step(-1);
  t.equal(reading.state.selected, 'film-1');
});

t.test('without a visible box there is nothing to step to', async (t) => {
  const { reading, selection, heard, told } = await selectionOf([0.8]);
  reading.change({ boxesOff: true });
  selection.step(1);
  t.equal(reading.state.selected, undefined);
  t.strictSame([heard, told], [[], []]);
});

t.test('a box that is chosen while it is hidden is selected, and the film stays where it is', async (t) => {
  const { reading, selection, told } = await selectionOf([0.8]);
  reading.change({ minScore: 0.9 });
  selection.choose('film-1');
  t.equal(reading.state.selected, 'film-1');
  t.strictSame(told, []);
});

t.test('two marks are a distance, and each has a number of its own', async (t) => {
  const { reading, selection } = await selectionOf([0.8]);
  for (const [x, y] of [
    [1, 2],
    [4, 6],
    [0, 0],
  ] as const)
    selection.mark({ x, y });
  t.strictSame(reading.state.measures, [{ id: 1, from: { x: 1, y: 2 }, to: { x: 4, y: 6 } }]);
  t.strictSame(reading.state.draft, { x: 0, y: 0 }, 'the next one has begun');
  selection.mark({ x: 9, y: 9 });
  t.strictSame(
    reading.state.measures.map(({ id }) => id),
    [1, 2],
  );
  t.equal(reading.state.draft, undefined);
});

t.test('a distance on a film with a spacing keeps it, and is told in mm with what they are', async (t) => {
  const report = madeReport([madeBox(1, 0.8)]);
  const dicom = {
    transferSyntax: '1.2.840.10008.1.2.1',
    photometricInterpretation: 'MONOCHROME2',
    windowSource: 'voi',
    pixelSpacing: { rowMm: 0.2, columnMm: 0.1, kind: 'detector' },
    lossy: false,
    secondaryCapture: false,
  } as const;
  const withSpacing = { ...report, image: { ...report.image!, format: 'dicom', dicom } } as const;
  const reading = await madeReading(withSpacing);
  const { stage } = madeStage(reading);
  const selection = createSelection(stage, () => undefined);
  selection.mark({ x: 10, y: 10 });
  selection.mark({ x: 40, y: 30 });
  const [measure] = reading.state.measures;
  // 30 columns of 0.1 mm and 20 rows of 0.2 mm: √(3² + 4²) = 5 mm; √(30² + 20²) = 36.06 px.
  t.equal(lengthText(measure!), '5.0 mm at detector');
  t.equal(pixelText(measure!), '36.1 px');
});

t.test('mm are told with where they apply, and px where there are none', (t) => {
  const ends = { from: { x: 0, y: 0 }, to: { x: 30, y: 40 } };
  const of = (kind: PixelSpacing['kind']) =>
    lengthText({ ...ends, from: { ...ends.from, spacing: { rowMm: 0.1, columnMm: 0.1, kind } } });
  t.equal(lengthText(ends), '50.0 px');
  t.equal(of('calibrated'), '5.0 mm');
  t.equal(of('detector'), '5.0 mm at detector');
  t.equal(of('unspecified'), '5.0 mm, uncalibrated');
  t.end();
});

t.test('a length that has no room at the right stands at the left of its line', (t) => {
  const view = { scale: 1, x: 0, y: 0 };
  const line = { from: { x: 100, y: 50 }, to: { x: 250, y: 50 } };
  const pane = { width: 400, height: 200 };
  t.equal(measureOnScreen(line, view, pane).text.anchor, 'start', '"150.0 px" fits into 150 px');
  const spacing = { rowMm: 0.1, columnMm: 0.1, kind: 'detector' } as const;
  t.equal(measureOnScreen({ ...line, from: { ...line.from, spacing } }, view, pane).text.anchor, 'end');
  t.end();
});
