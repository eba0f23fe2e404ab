import t from 'tap';
import type { ListItem } from '../../../../src/viewer/api/index.js';
import { toggleComparison } from '../../../../src/viewer/film/comparison/compare.js';
import { madeBox, madeFilm, madeReading, madeReport } from '../made.js';
import { madeStage, notedPane } from '../stage.js';

/** What P does, as far as it shows nothing: no other film, no answer, or a page that was left meanwhile. */

async function pressed(priors: () => Promise<readonly ListItem[]>, leave = false) {
  const reading = await madeReading(madeReport([madeBox(1, 0.8)]));
  const { stage, told } = madeStage(reading);
  const said: string[] = [];
  const left = new AbortController();
  const note = (text: string): void => {
    said.push(text);
  };
  const options = {
    id: 'film',
    stage,
    api: { priors, connection: { awaySince: undefined } },
    signal: left.signal,
    openFilm: () => {
      throw new Error('nothing is opened');
    },
    events: () => {
      throw new Error('nothing is opened');
    },
    place: () => {
      note('placed');
    },
    ended: () => {
      note('ended');
    },
    navigate: note,
    say: note,
  };
  if (leave) left.abort();
  toggleComparison(options);
  await new Promise((resolve) => setImmediate(resolve));
  return { stage, said, told, options };
}

t.test('a patient without another film: the page says so, and how films are matched', async (t) => {
  const { stage, said } = await pressed(() => Promise.resolve([]));
  t.equal(stage.comparison, undefined);
  t.match(said, [/^No other film of this patient is here\. Films are matched by the patient reference/]);
});

t.test('a list that does not come is told; after the page was left, nothing is', async (t) => {
  const fails = () => Promise.reject(new Error('The server is away.'));
  t.strictSame((await pressed(fails)).said, ['The server is away.']);
  t.strictSame((await pressed(fails, true)).said, []);
});

t.test('pressed again, it closes the other film and gives the keys back to this one', async (t) => {
  const { stage, said, told, options } = await pressed(() => Promise.resolve([]));
  said.length = 0;
  const closed: string[] = [];
  stage.comparison = {
    node: stage.pane.node,
    pane: notedPane([]),
    film: await madeFilm(madeReport([madeBox(1, 0.7)])),
    step: () => undefined,
    update: () => undefined,
    close: () => closed.push('closed'),
  };
  toggleComparison(options);
  t.equal(stage.comparison, undefined);
  t.strictSame([closed, said], [['closed'], ['ended']]);
  t.match(told.at(-1), /^focus/);
});
