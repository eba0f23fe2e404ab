import t from 'tap';
import {
  boxesOf,
  choiceOf,
  createReading,
  selectedBox,
  thresholdOf,
  verdictOf,
} from '../../../src/viewer/film/state/reading.js';
import { madeBox, madeFilm, madeReading, madeReport, notAnalysedReport, takeFrames } from './made.js';

/** What is set at the reading changes what is seen, and never what was reported. */

const report = madeReport([madeBox(1, 0.8), madeBox(2, 0.4), madeBox(3, 0.2)]);

t.test('the page hears once of several changes in one frame', async (t) => {
  const film = await madeFilm(report);
  const frames = takeFrames();
  t.teardown(() => {
    frames.giveBack();
  });
  let heard = 0;
  const reading = createReading(
    () => film,
    () => {
      heard += 1;
    },
  );
  reading.change({ tool: 'zoom' });
  reading.change({ linked: false });
  reading.changed();
  t.equal(heard, 0, 'not before the frame');
  frames.next();
  t.equal(heard, 1);
  t.match(reading.state, { tool: 'zoom', linked: false });
  reading.change({ tool: undefined });
  frames.next();
  t.equal(heard, 2);
});

t.test('a page that was closed hears nothing more', async (t) => {
  const film = await madeFilm(report);
  const frames = takeFrames();
  t.teardown(() => {
    frames.giveBack();
  });
  const reading = createReading(
    () => film,
    () => {
      t.fail('it is closed');
    },
  );
  reading.change({ tool: 'zoom' });
  reading.close();
  frames.next();
  t.equal(frames.waiting, 0);
});

t.test('the slider and B change the boxes that are seen; verdict and threshold stay', async (t) => {
  const reading = await madeReading(report);
  const before = [verdictOf(reading.film), thresholdOf(reading.film)];
  const ranks = () =>
    boxesOf(reading.film, reading.state).flatMap(({ rank, hiddenBy }) => (hiddenBy === null ? [rank] : []));
  t.strictSame(ranks(), [1, 2]);
  reading.change({ minScore: 0.1 });
  t.strictSame(ranks(), [1, 2, 3]);
  reading.change({ boxesHeld: true });
  t.strictSame(ranks(), []);
  t.ok(choiceOf(reading.state, 0.31).hidden);
  t.strictSame([verdictOf(reading.film), thresholdOf(reading.film)], before);
});

t.test('a film that was not analysed has no threshold and no box, whatever is set', async (t) => {
  const reading = await madeReading(notAnalysedReport, { minScore: 0, selected: 'film-1' });
  t.equal(thresholdOf(reading.film), undefined);
  t.strictSame(boxesOf(reading.film, reading.state), []);
  t.equal(selectedBox(reading), undefined);
});

t.test('the selected box is one of those of the list', async (t) => {
  const reading = await madeReading(report, { selected: 'film-3' });
  t.equal(selectedBox(reading), undefined, 'a candidate that the slider has not let in');
  reading.change({ minScore: 0.1 });
  t.equal(selectedBox(reading)?.id, 'film-3');
});
