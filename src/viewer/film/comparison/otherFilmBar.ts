import type { ListItem } from '../../api/index.js';
import { element } from '../../dom/element.js';
import { zoneOf } from '../../ui/dates.js';
import type { Reading } from '../state/reading.js';
import { type Dated, otherFilmName, relationOf } from './relation.js';

export interface OtherFilmBarOptions {
  readonly reading: Reading;
  readonly others: readonly ListItem[];
  readonly choose: (id: string) => void;
  readonly open: () => void;
  readonly close: () => void;
}

/** Above the other film: which one it is, and how to open or close it; and whether its boxes are shown. */
export function createOtherFilmBar({ reading, others, ...acts }: OtherFilmBarOptions): {
  readonly node: HTMLElement;
  /** Shows its boxes; belongs beside what was found on it. */
  readonly boxes: HTMLElement;
  update(id: string): void;
} {
  const relation = element('strong', {});
  const options = others.map(({ id }) => element('option', { value: id }));
  const choice = element(
    'select',
    {
      'aria-label': 'Other film of this patient',
      title: `By study date, or by when it was sent (${zoneOf(new Date().toISOString())})`,
      on: {
        change: () => {
          acts.choose(choice.value);
        },
      },
    },
    ...options,
  );
  const boxes = element('input', {
    type: 'checkbox',
    on: {
      change: () => {
        reading.change({ priorBoxes: boxes.checked });
      },
    },
  });
  const node = element(
    'header',
    { class: 'compare-bar' },
    relation,
    choice,
    element(
      'span',
      { class: 'end' },
      button({ title: 'Open it as the main film' }, 'Open', acts.open),
      button({ 'aria-label': 'Close the other film', title: 'Close (P)' }, '×', acts.close),
    ),
  );
  return {
    node,
    boxes: element('label', { title: 'What the detector said about this film; off at first' }, boxes, 'Show boxes'),
    update(id) {
      const film = datesOf(reading);
      others.forEach((other, i) => {
        const option = options[i];
        const name = otherFilmName({ ...other, ...other.references }, film);
        if (option !== undefined && option.textContent !== name) option.textContent = name;
      });
      choice.value = id;
      const chosen = others.find((other) => other.id === id);
      const words = chosen === undefined ? '' : relationOf({ ...chosen, ...chosen.references }, film).toUpperCase();
      if (relation.textContent !== words) relation.textContent = words;
      boxes.checked = reading.state.priorBoxes;
    },
  };
}

export function datesOf({ film }: Reading): Dated {
  return { studyDate: film.references?.studyDate, createdAt: film.loaded?.report.createdAt ?? '' };
}

function button(attributes: Readonly<Record<string, string>>, text: string, click: () => void): HTMLButtonElement {
  return element('button', { type: 'button', class: 'quiet', ...attributes, on: { click } }, text);
}
