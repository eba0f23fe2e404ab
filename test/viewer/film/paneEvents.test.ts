import t from 'tap';
import { paneEventsOf } from '../../../src/viewer/film/paneEvents.js';
import { createSelection } from '../../../src/viewer/film/selection.js';
import { madeBox, madeFilm, madeReading, madeReport } from './made.js';
import { madeStage, notedPane } from './stage.js';

/** What happens in a pane, and on which film: of two that are compared each has its window, and both are moved. */

async function eventsOf() {
  const reading = await madeReading(madeReport([madeBox(1, 0.8)]));
  const other = await madeFilm(madeReport([madeBox(1, 0.7)]));
  const { stage, told } = madeStage(reading);
  const toldOther: string[] = [];
  const menus: string[] = [];
  stage.comparison = {
    node: stage.pane.node,
    pane: notedPane(toldOther),
    film: other,
    step: (direction) => toldOther.push(`step ${direction}`),
    update: () => undefined,
    close: () => undefined,
  };
  let readouts = 0;
  const selection = createSelection(stage, () => undefined);
  const options = {
    stage: () => stage,
    selection: () => selection,
    updateReadout: () => {
      readouts += 1;
    },
    showMenu: (ids: readonly string[]) => menus.push(ids.join()),
  };
  return {
    reading,
    other,
    stage,
    told,
    toldOther,
    menus,
    readouts: () => readouts,
    main: paneEventsOf(() => reading.film, true, options),
    beside: paneEventsOf(() => other, false, options),
  };
}

t.test('a mouse sets the window and a finger moves the film, unless a tool was chosen', async (t) => {
  const { main, reading } = await eventsOf();
  t.strictSame([main.toolOf('mouse'), main.toolOf('touch')], ['window', 'move']);
  reading.change({ tool: 'zoom' });
  t.strictSame([main.toolOf('mouse'), main.toolOf('touch')], ['zoom', 'zoom']);
});

t.test('a drag sets the window of its own film; one that is broken off leaves it as it was', async (t) => {
  const { main, beside, reading, other } = await eventsOf();
  const [mine, its] = [reading.film.window, other.window];
  beside.dragBegan();
  beside.window(-50, 0);
  t.strictSame(reading.film.window, mine, 'the film of the page keeps its window');
  t.not(other.window, its);
  beside.dragAborted();
  t.strictSame(other.window, its);
  main.dragAborted();
  t.strictSame(reading.film.window, mine, 'nothing to go back to');
});

t.test('a move is followed by the other film while they are linked', async (t) => {
  const { main, beside, told, toldOther, reading } = await eventsOf();
  const [before, after] = [
    { scale: 1, x: 0, y: 0 },
    { scale: 2, x: 5, y: 5 },
  ];
  main.moved(before, after);
  beside.moved(before, after);
  t.match([told, toldOther], [[/^follow/], [/^follow/]]);
  reading.change({ linked: false });
  main.moved(before, after);
  t.equal(toldOther.length, 1);
  main.fitWanted();
  t.strictSame([told.at(-1), toldOther.at(-1)], ['fit', 'fit'], 'each is fitted by its own size');
});

t.test('boxes, distances and the menu are for the film of the page alone', async (t) => {
  const { main, beside, reading, menus, stage } = await eventsOf();
  beside.hovered('film-1');
  beside.clicked(['film-1'], { x: 1, y: 1 });
  beside.menu(['film-1'], { x: 1, y: 1 });
  beside.pointed({ x: 1, y: 1 });
  t.match(reading.state, { hovered: undefined, selected: undefined });
  t.strictSame([menus, stage.pointed], [[], undefined]);
  main.hovered('film-1');
  main.clicked(['film-1'], { x: 1, y: 1 });
  main.menu(['film-1'], { x: 1, y: 1 });
  main.pointed({ x: 3, y: 4 });
  t.match(reading.state, { hovered: 'film-1', selected: 'film-1' });
  t.strictSame([menus, stage.pointed], [['film-1'], { x: 3, y: 4 }]);
});

t.test('while measuring, a click marks an end of a distance, even on a box', async (t) => {
  const { main, reading } = await eventsOf();
  reading.change({ tool: 'measure' });
  main.clicked(['film-1'], { x: 7, y: 8 });
  t.match(reading.state, { draft: { x: 7, y: 8 }, selected: undefined });
});

t.test('Alt and the wheel step through the other films, from either pane', async (t) => {
  const { main, beside, toldOther } = await eventsOf();
  main.step(1);
  beside.step(-1);
  t.strictSame(toldOther, ['step 1', 'step -1']);
});

t.test('the foot follows the film of the page', async (t) => {
  const { main, beside, readouts } = await eventsOf();
  beside.drawn();
  t.equal(readouts(), 0);
  main.drawn();
  t.equal(readouts(), 1);
});
