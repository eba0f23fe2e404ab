import type { FilmPane } from '../../../src/viewer/film/pane/pane.js';
import type { Stage } from '../../../src/viewer/film/stage.js';
import type { Reading } from '../../../src/viewer/film/state/reading.js';

/** A pane that draws nothing and writes down what it was told. */
export function notedPane(told: string[]): FilmPane {
  const note =
    (name: string) =>
    (...given: readonly unknown[]): void => {
      told.push([name, ...given.map((one) => JSON.stringify(one))].join(' '));
    };
  const node: Pick<HTMLElement, 'focus'> = { focus: note('focus') };
  return {
    // Only the focus is ever asked of it here.
    node: Object.assign(Object.create(null) as HTMLElement, node),
    view: { scale: 1, x: 0, y: 0 },
    size: { width: 400, height: 200 },
    show: note('show'),
    zoom: note('zoom'),
    pan: note('pan'),
    fit: note('fit'),
    oneToOne: note('oneToOne'),
    toggleFit: note('toggleFit'),
    bringIntoView: note('bringIntoView'),
    frameBox: note('frameBox'),
    follow: note('follow'),
    cancel: () => false,
    centre: () => ({ x: 50, y: 40 }),
    close: note('close'),
  };
}

export function madeStage(reading: Reading): { readonly stage: Stage; readonly told: string[] } {
  const told: string[] = [];
  return { stage: { reading, pane: notedPane(told), comparison: undefined, pointed: undefined }, told };
}
