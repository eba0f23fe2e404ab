import { element, setAttributes, svgElement } from '../../dom/element.js';
import { stateSign } from '../../report/stateSign.js';
import { when } from '../../ui/dates.js';
import type { Picture } from '../pane/painter.js';
import type { Size } from '../pane/view.js';
import { boxesOf, type Reading, thresholdOf, verdictOf } from '../state/reading.js';
import { createFilmImage } from './filmImage.js';
import { printedBoxes, unitOf } from './printedBoxes.js';
import { type PrintedFacts, printedFacts } from './printedFacts.js';

/** The film as printed: on one sheet, with its whole report. */
export interface PrintSheet {
  readonly node: HTMLElement;
  /** Call after every change of the reading: the sheet is rebuilt once nothing has changed for a while. */
  update(comparing: boolean): void;
  /** Prints once the sheet is ready. */
  print(): Promise<void>;
  close(): void;
}

/** How long the reader must pause before a sheet is made, which takes longer than a frame. */
const quietMs = 400;

/**
 * Film and boxes are one SVG whose viewBox is the film: at any size of the sheet, a box lies on the same pixels as on
 * the screen. The browser prints what is there and waits for nothing, so the sheet is made in advance; until it is
 * ready, a printout says so.
 */
export function createPrintSheet(reading: Reading): PrintSheet {
  const picture = svgElement('image', { x: 0, y: 0, preserveAspectRatio: 'none' });
  const image = createFilmImage(picture);
  const film = svgElement('svg', { class: 'print-film' });
  const words = element('div', { class: 'print-words' });
  const printedAt = element('p', { class: 'print-time' });
  const node = element(
    'section',
    { class: 'print-sheet', 'aria-hidden': 'true', 'data-ready': 'false' },
    element(
      'p',
      { class: 'print-wait' },
      'The film was still being prepared for printing. Close this, wait a second, and print again.',
    ),
    element('div', { class: 'print-page' }, words, film, printedAt),
  );
  let wanted: readonly unknown[] = [];
  let comparing = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let making = Promise.resolve();
  const beforePrint = (): void => {
    printedAt.textContent = `Printed ${when(new Date().toISOString())}`;
  };
  window.addEventListener('beforeprint', beforePrint);

  function stale(): void {
    node.dataset['ready'] = 'false';
    clearTimeout(waiting);
    waiting = setTimeout(make, quietMs);
  }
  /** Makes one sheet after another; of several requests, the last counts. */
  function make(): void {
    clearTimeout(waiting);
    waiting = undefined;
    making = making.then(makeNow).catch(() => {
      // It stays not ready, and a printout says so.
    });
  }
  async function makeNow(): Promise<void> {
    const asked = wanted;
    const { size, picture: pixels, pixels: state } = reading.film;
    const facts = printedFacts(reading, comparing);
    if (facts === undefined || (state.kind === 'waiting' && size !== undefined)) return;
    words.replaceChildren(...wordsOf(facts, reading));
    film.toggleAttribute('hidden', size === undefined);
    if (size !== undefined) {
      await image.show(pixels, size);
      setAttributes(film, { viewBox: `0 0 ${size.width} ${size.height}` });
      setAttributes(picture, { ...size });
      film.replaceChildren(...drawn(reading, size, pixels === undefined ? undefined : picture));
    }
    if (asked === wanted) node.dataset['ready'] = 'true';
  }

  return {
    node,
    update(besides) {
      comparing = besides;
      const next = seenBy(reading, comparing);
      if (next.length === wanted.length && next.every((part, i) => part === wanted[i])) return;
      wanted = next;
      stale();
    },
    async print() {
      if (waiting !== undefined) make();
      await making;
      window.print();
    },
    close() {
      clearTimeout(waiting);
      window.removeEventListener('beforeprint', beforePrint);
      image.close();
      node.remove();
    },
  };
}

/** Everything that a sheet depends on; zoom and position of the film don't matter. */
function seenBy({ film, state }: Reading, comparing: boolean): readonly unknown[] {
  const picture: Picture | undefined = film.picture;
  const { minScore, classesOff, boxesOff, boxesHeld } = state;
  const seen = [film.loaded, film.references, film.pixels.kind, picture?.pixels, picture?.table];
  return [...seen, minScore, classesOff, boxesOff || boxesHeld, comparing];
}

function drawn(reading: Reading, size: Size, picture: SVGImageElement | undefined): readonly SVGElement[] {
  const threshold = thresholdOf(reading.film);
  const unit = unitOf(size);
  const edge = svgElement('rect', {
    x: unit / 2,
    y: unit / 2,
    width: size.width - unit,
    height: size.height - unit,
    fill: 'none',
    stroke: '#6b7784',
    'stroke-width': unit,
  });
  const boxes = threshold === undefined ? [] : [printedBoxes(boxesOf(reading.film, reading.state), size, threshold)];
  return [picture ?? edge, ...boxes];
}

function wordsOf(said: PrintedFacts, { film }: Reading): readonly HTMLElement[] {
  const verdict = verdictOf(film);
  return [
    element(
      'header',
      { 'data-state': verdict?.state },
      verdict !== undefined && stateSign(verdict.state),
      element('div', {}, element('h1', {}, said.headline), element('p', {}, said.detail)),
    ),
    element('p', { class: 'print-notice' }, said.notice),
    ...said.differences.map((text) => element('p', { class: 'print-difference' }, text)),
    element(
      'dl',
      {},
      ...said.facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
    ),
    element('ul', {}, ...said.boxes.map((text) => element('li', {}, text))),
  ];
}
