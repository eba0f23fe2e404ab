import { element, setAttributes } from '../../dom/element.js';
import type { ShownBox } from '../boxes/shown.js';
import { wherePictured } from '../boxes/where.js';
import { boxesOf, type Desk, judgedOf } from '../desk.js';
import { scoreBeside, scoreText } from '../stateWords.js';

export interface BoxList {
  readonly node: HTMLElement;
  update(): void;
}

/** The boxes once more, for keyboard and screen reader: everything that the film shows of them, in words. */
export function createBoxList(desk: Desk, choose: (id: string) => void): BoxList {
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
      const judged = judgedOf(desk.film);
      const boxes = boxesOf(desk.film, desk.state);
      const analysed = judged !== undefined && judged.state !== 'not-analysed';
      count.textContent = analysed ? String(judged.reported) : '–';
      count.dataset['count'] = analysed ? String(judged.reported) : '–';
      empty.textContent =
        judged === undefined
          ? ''
          : !analysed
            ? 'Nothing is known about this film.'
            : boxes.length === 0
              ? `No box at or above ${scoreText(judged.threshold)}. ${otherCandidates(judged.candidates.length)}`
              : '';
      empty.hidden = empty.textContent === '';
      for (const [id, { node: item }] of items) {
        if (boxes.some(({ box }) => box.id === id)) continue;
        item.remove();
        items.delete(id);
      }
      boxes.forEach((shown, index) => {
        const item = items.get(shown.box.id) ?? newItem(shown, desk, choose);
        items.set(shown.box.id, item);
        updateItem(item, shown, desk);
        if (list.children[index] !== item.node) list.insertBefore(item.node, list.children[index] ?? null);
      });
    },
  };
}

interface BoxItem {
  readonly node: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly status: HTMLElement;
}

function newItem({ box, rank }: ShownBox, desk: Desk, choose: (id: string) => void): BoxItem {
  const film = desk.film.size;
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
          desk.change({ hovered: box.id });
        },
        pointerleave: () => {
          desk.change({ hovered: undefined });
        },
        focus: () => {
          desk.change({ hovered: box.id });
        },
        blur: () => {
          desk.change({ hovered: undefined });
        },
      },
    },
    // Its name is made of what can be seen, and of words for who can’t see.
    element('span', { class: 'box-rank' }, onlyRead('Box '), rank, onlyRead(', ')),
    element('span', { class: 'box-class' }, desk.film.titleOf(box.class)),
    meter(box.score),
    element(
      'span',
      { class: 'box-score' },
      onlyRead(', AI, score '),
      scoreBeside(box.score, thresholdOf(desk)),
      onlyRead(', '),
    ),
    status,
    ...Object.entries(box.attributes).map(([name, score]) => attributeRow(desk.film.titleOf(name), score)),
    film !== undefined && onlyRead(wherePictured(box.box, film)),
  );
  return { node: element('li', {}, button), button, status };
}

function updateItem({ button, status }: BoxItem, { box, status: counts, hiddenBy }: ShownBox, desk: Desk): void {
  const threshold = thresholdOf(desk);
  const words = [
    ...(counts === 'below' && threshold !== undefined ? [`below ${scoreText(threshold)}`] : []),
    ...(hiddenBy === 'slider' ? ['hidden by your slider'] : hiddenBy === 'class' ? ['hidden by class'] : []),
  ].join(', ');
  if (status.textContent !== words) status.textContent = words;
  setAttributes(button, {
    'aria-pressed': String(desk.state.selected === box.id),
    'data-status': counts,
    'data-hidden-by': hiddenBy ?? undefined,
  });
}

function thresholdOf(desk: Desk): number | undefined {
  const judged = judgedOf(desk.film);
  return judged === undefined || judged.state === 'not-analysed' ? undefined : judged.threshold;
}

function otherCandidates(count: number): string {
  return count === 0
    ? 'There are no candidates below it.'
    : `${count} ${count === 1 ? 'candidate' : 'candidates'} below it: move the slider down to see ${count === 1 ? 'it' : 'them'}.`;
}

function attributeRow(title: string, score: number): HTMLElement {
  return element(
    'span',
    { class: 'box-attribute' },
    element('span', {}, title, onlyRead(' ')),
    element('span', { class: 'box-score' }, score.toFixed(2), onlyRead(', ')),
  );
}

function onlyRead(text: string): HTMLElement {
  return element('span', { class: 'only-read' }, text);
}

/** A bar beside the number that says the same. */
function meter(score: number): HTMLElement {
  const bar = element('span', { class: 'meter', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(score));
  return bar;
}
