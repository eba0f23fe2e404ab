import type { ListItem } from '../api/index.js';
import { element } from '../dom/element.js';
import { scoreBeside } from '../report/stateWords.js';
import { stateBadge } from '../report/stateBadge.js';
import { moment, when } from '../ui/dates.js';

export interface FilmRowOptions {
  readonly thumbnail: string;
  readonly name: string;
  /** Whether it is the film that was opened last. */
  readonly last: boolean;
  /** Titles of the classes whose boxes were reported. */
  readonly classes: string;
  /** For operators: deletes the film's pixels from the server. */
  readonly deletePixels?: (item: ListItem) => void;
}

/** A column of the list; its cells and its head have a class of this name. */
export type FilmColumn = keyof typeof cells | 'act';

/** A film in the list. The link in its name covers the whole row. */
export function filmRow(item: ListItem, columns: readonly FilmColumn[], options: FilmRowOptions): HTMLTableRowElement {
  return element(
    'tr',
    { 'data-film': item.id, 'data-state': item.state, 'data-last': options.last },
    ...columns.map((column) => (column === 'act' ? actCell(item, options) : cells[column](item, options))),
  );
}

const cells = {
  film: (item: ListItem, { thumbnail }: FilmRowOptions) =>
    element('td', { class: 'picture' }, picture(item, thumbnail)),
  name: (item: ListItem, { name }: FilmRowOptions) =>
    element(
      'td',
      { class: 'name' },
      element('a', { href: `/films/${item.id}`, title: name }, name),
      element('span', { class: 'more' }, moreOf(item)),
    ),
  patient: ({ references }: ListItem) =>
    element(
      'td',
      { class: 'patient' },
      references?.patientRef === undefined
        ? '–'
        : element('span', { title: references.patientRef }, references.patientRef),
      references?.accessionNumber !== undefined &&
        element(
          'span',
          { class: 'muted', title: `Accession ${references.accessionNumber}` },
          references.accessionNumber,
        ),
    ),
  study: ({ references }: ListItem) => element('td', { class: 'study' }, references?.studyDate ?? '–'),
  sent: ({ createdAt }: ListItem) =>
    element(
      'td',
      { class: 'sent' },
      element('time', { datetime: createdAt, title: when(createdAt) }, moment(createdAt)),
    ),
  state: (item: ListItem) => element('td', { class: 'state' }, stateBadge(item)),
  score: (item: ListItem) => element('td', { class: 'number score' }, scoreOf(item)),
  boxes: (item: ListItem) => {
    const boxes = boxesOf(item);
    // On a phone there is no head to say what is counted (films.css).
    return element('td', { class: 'number boxes', 'data-unit': boxes === '1' ? ' box' : ' boxes' }, boxes);
  },
  class: (_item: ListItem, { classes }: FilmRowOptions) =>
    element('td', { class: 'class' }, element('span', { title: classes }, classes)),
  model: (item: ListItem) => element('td', { class: 'model' }, modelOf(item)),
  by: ({ submitter }: ListItem) => element('td', { class: 'by' }, element('span', { title: submitter }, submitter)),
} as const;

function actCell(item: ListItem, { name, deletePixels }: FilmRowOptions): HTMLTableCellElement {
  const may = deletePixels !== undefined && item.film.status === 'kept';
  const click = (): void => deletePixels?.(item);
  const button = (): HTMLElement =>
    element(
      'button',
      { type: 'button', class: 'quiet above', 'aria-label': `Delete pixels of ${name}`, on: { click } },
      'Delete pixels',
    );
  return element('td', { class: 'act' }, may && button());
}

/** What has no column on a narrow screen. */
export function moreOf(item: ListItem): string {
  const { patientRef, accessionNumber, studyDate } = item.references ?? {};
  return [
    // The score comes first: on a phone without columns it is missed most, and the end of the line may be cut.
    `score ${scoreOf(item)}`,
    ...(patientRef === undefined ? [] : [`patient ${patientRef}`]),
    ...(accessionNumber === undefined ? [] : [`accession ${accessionNumber}`]),
    ...(studyDate === undefined ? [] : [`study ${studyDate}`]),
    `sent ${moment(item.createdAt)}`,
    modelOf(item),
    item.submitter,
  ].join(' · ');
}

function scoreOf(item: ListItem): string {
  return item.state === 'not-analysed' ? '–' : scoreBeside(item.filmScore, item.threshold);
}

function boxesOf(item: ListItem): string {
  return item.state === 'not-analysed' ? '–' : String(item.detections.length);
}

function modelOf({ model }: ListItem): string {
  return `${model.name} ${model.version}`;
}

function picture({ film, id }: ListItem, thumbnail: string): HTMLElement {
  if (film.status !== 'kept') return element('span', { class: 'no-picture' }, notKept[film.status]);
  const shown = element('img', {
    src: thumbnail,
    alt: '',
    loading: 'lazy',
    decoding: 'async',
    width: 40,
    height: 40,
    'data-thumbnail': id,
  });
  shown.addEventListener('error', () => {
    shown.replaceWith(element('span', { class: 'no-picture' }, 'no picture'));
  });
  return shown;
}

const notKept = { 'not-kept': 'not kept', expired: 'expired', deleted: 'deleted' } as const;
