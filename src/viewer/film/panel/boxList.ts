import { element, setAttributes } from '../../dom/element.js';
import type { ShownBox } from '../boxes/shown.js';
import { wherePictured } from '../boxes/where.js';
import type { Verdict } from '../../report/verdict.js';
import type { ShownFilm } from '../state/shownFilm.js';
import { boxesOf, type Reading, verdictOf } from '../state/reading.js';
import { scoreBeside, scoreText } from '../../report/stateWords.js';

export interface BoxList {
  readonly node: HTMLElement;
  update(): void;
}

/** The boxes as a list, for keyboard and screen readers: everything that the film shows of them, in words. */
export function createBoxList(reading: Reading, choose: (id: string) => void): BoxList {
  const count = element('span', { class: 'count' });
  const list = element('ol', { class: 'box-list' });
  const empty = element('p', { class: 'muted' });
  const node = element(
    'section',
    { class: 'boxes', 'aria-label': 'Boxes' },
    element('h2', {}, 'Boxes ', count),
    list,
    empty,
  );
  const items = new Map<string, BoxItem>();

  return {
    node,
    update() {
      const verdict = verdictOf(reading.film);
      const boxes = boxesOf(reading.film, reading.state);
      const analysed = verdict !== undefined && verdict.state !== 'not-analysed';
      count.textContent = analysed ? String(verdict.reported) : '–';
      count.dataset['count'] = analysed ? String(verdict.reported) : '–';
      empty.textContent =
        verdict === undefined
          ? ''
          : !analysed
            ? 'Nothing is known about this film.'
            : boxes.length === 0
              ? `No box at or above ${scoreText(verdict.threshold)}. ${otherCandidates(verdict, reading.film)}`
              : '';
      empty.hidden = empty.textContent === '';
      for (const [id, { node: item }] of items) {
        if (boxes.some(({ box }) => box.id === id)) continue;
        item.remove();
        items.delete(id);
      }
      boxes.forEach((shown, index) => {
        const item = items.get(shown.box.id) ?? newItem(shown, reading, choose);
        items.set(shown.box.id, item);
        updateItem(item, shown, reading);
        if (list.children[index] !== item.node) list.insertBefore(item.node, list.children[index] ?? null);
      });
    },
  };
}

type Judged = Exclude<Verdict, { readonly state: 'not-analysed' }>;

interface BoxItem {
  readonly node: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly status: HTMLElement;
}

function newItem({ box, rank }: ShownBox, reading: Reading, choose: (id: string) => void): BoxItem {
  const film = reading.film.size;
  const status = element('span', { class: 'box-status' });
  const button = element(
    'button',
    {
      type: 'button',
      'data-box-row': box.id,
      on: {
        click: () => {
          choose(box.id);
        },
        pointerenter: () => {
          reading.change({ hovered: box.id });
        },
        pointerleave: () => {
          reading.change({ hovered: undefined });
        },
        focus: () => {
          reading.change({ hovered: box.id });
        },
        blur: () => {
          reading.change({ hovered: undefined });
        },
      },
    },
    // Its accessible name is the visible text plus words for screen readers.
    element('span', { class: 'box-rank' }, onlyRead('Box '), rank, onlyRead(', ')),
    element('span', { class: 'box-class' }, reading.film.titleOf(box.class)),
    meter(box.score),
    element(
      'span',
      { class: 'box-score' },
      onlyRead(', AI, score '),
      scoreBeside(box.score, thresholdOf(reading)),
      onlyRead(', '),
    ),
    status,
    ...Object.entries(box.attributes).map(([name, score]) => attributeRow(reading.film.titleOf(name), score)),
    film !== undefined && onlyRead(wherePictured(box.box, film)),
  );
  return { node: element('li', {}, button), button, status };
}

function updateItem({ button, status }: BoxItem, { box, status: counts, hiddenBy }: ShownBox, reading: Reading): void {
  const threshold = thresholdOf(reading);
  const words = [
    ...(counts === 'below' && threshold !== undefined ? [`below ${scoreText(threshold)}`] : []),
    ...(hiddenBy === 'slider' ? ['hidden by your slider'] : hiddenBy === 'class' ? ['hidden by class'] : []),
  ].join(', ');
  if (status.textContent !== words) status.textContent = words;
  setAttributes(button, {
    'aria-pressed': String(reading.state.selected === box.id),
    'data-status': counts,
    'data-hidden-by': hiddenBy ?? undefined,
  });
}

function thresholdOf(reading: Reading): number | undefined {
  const verdict = verdictOf(reading.film);
  return verdict === undefined || verdict.state === 'not-analysed' ? undefined : verdict.threshold;
}

function otherCandidates({ candidates: { length: count }, floor }: Judged, { loaded }: ShownFilm): string {
  if (count === 0) {
    const report = loaded?.report;
    const highest = report === undefined || report.state === 'not-analysed' ? undefined : report.filmScore;
    const reached = highest === undefined ? '' : `; the highest was ${scoreBeside(highest, floor)}`;
    return `No candidate reached ${scoreText(floor)}, the lowest score that is kept${reached}.`;
  }
  const [candidates, them] = count === 1 ? ['candidate', 'it'] : ['candidates', 'them'];
  return `${count} ${candidates} below it: move the slider down to see ${them}.`;
}

function attributeRow(title: string, score: number): HTMLElement {
  return element(
    'span',
    { class: 'box-attribute' },
    element('span', {}, title, onlyRead(' ')),
    element('span', { class: 'box-score' }, scoreText(score), onlyRead(', ')),
  );
}

function onlyRead(text: string): HTMLElement {
  return element('span', { class: 'only-read' }, text);
}

/** A bar that shows the number beside it. */
function meter(score: number): HTMLElement {
  const bar = element('span', { class: 'meter', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(score));
  return bar;
}
