import t from 'tap';
import type { FilmReport } from '../../../src/viewer/api/index.js';
import { filmActs } from '../../../src/viewer/film/acts.js';
import { filmCommands } from '../../../src/viewer/film/commands/index.js';
import { madeBox, madeReading, madeReport, notAnalysedReport } from './made.js';
import { madeStage } from './stage.js';

/** What the keys, the toolbar and the menu of a film do. */

async function actsOf(report: FilmReport = madeReport([madeBox(1, 0.8)]), next?: string) {
  const reading = await madeReading(report);
  const { stage, told } = madeStage(reading);
  const said: string[] = [];
  const note =
    (name: string) =>
    (...given: readonly unknown[]): void => {
      said.push([name, ...given].join(' '));
    };
  const acts = filmActs({
    stage,
    selection: { step: note('step'), mark: note('mark'), select: note('select'), choose: note('choose') },
    rail: { neighbour: () => next, toggle: note('rail') },
    panel: { focusThreshold: note('threshold') },
    compare: note('compare'),
    blink: note('blink'),
    showWaysOut: note('ways out'),
    navigate: note('navigate'),
    say: note('say'),
  });
  return { reading, stage, told, said, acts };
}

t.test('a pan is a share of the pane, a preset gives the keys back to the film', async (t) => {
  const { acts, told, reading } = await actsOf();
  acts.pan(0.1, -0.5);
  t.strictSame(told, ['pan 40 -100']);
  acts.preset('dark');
  t.equal(reading.film.preset, 'dark');
  t.match(told[1], /^focus/);
});

t.test('reset shows the film as it was opened: window, invert and place', async (t) => {
  const { acts, told, reading } = await actsOf();
  acts.invert();
  reading.film.setWindow({ low: 10, high: 20 });
  acts.resetView();
  t.notOk(reading.film.inverted);
  t.strictSame(reading.film.window, { low: 0, high: 255 });
  t.strictSame(told, ['fit']);
});

t.test('B and H do nothing on a film that was not analysed: nothing is hidden there', async (t) => {
  for (const [report, hidden] of [
    [undefined, true],
    [notAnalysedReport, false],
  ] as const) {
    const { acts, reading } = await actsOf(report);
    acts.toggleBoxes();
    acts.holdBoxes(true);
    t.strictSame([reading.state.boxesOff, reading.state.boxesHeld], [hidden, hidden]);
  }
});

t.test('the next film of the list opens; at either end the page says so', async (t) => {
  const there = await actsOf(undefined, 'a/b');
  there.acts.stepFilm(1);
  t.strictSame(there.said, ['navigate /films/a%2Fb']);
  const end = await actsOf();
  end.acts.stepFilm(1);
  end.acts.stepFilm(-1);
  t.strictSame(end.said, ['say This is the last film in the list.', 'say This is the first film in the list.']);
});

t.test('films are linked only while there are two', async (t) => {
  const { acts, reading } = await actsOf();
  acts.link();
  t.ok(reading.state.linked);
});

t.test('the middle is marked only while distances are measured', async (t) => {
  const { acts, said } = await actsOf();
  acts.markMiddle();
  t.strictSame(said, []);
  acts.tool('measure');
  acts.markMiddle();
  t.equal(said.length, 1);
});

t.test('Escape goes back one step at a time: distance, selection, tool', async (t) => {
  const { acts, reading } = await actsOf();
  reading.change({ tool: 'measure', draft: { x: 1, y: 1 }, selected: 'film-1' });
  acts.cancel();
  t.match(reading.state, { draft: undefined, selected: 'film-1', tool: 'measure' });
  acts.cancel();
  t.match(reading.state, { selected: undefined, tool: 'measure' });
  acts.cancel();
  t.equal(reading.state.tool, undefined);
});

t.test('no two keys of a film are the same, and every one has words', async (t) => {
  const commands = filmCommands((await actsOf()).acts);
  const chords = commands.flatMap(({ keys }) => keys);
  t.strictSame(
    chords.filter((chord, i) => chords.indexOf(chord) !== i),
    [],
  );
  t.equal(new Set(commands.map(({ id }) => id)).size, commands.length);
  t.strictSame(
    commands.filter(({ help }) => help === ''),
    [],
  );
});
