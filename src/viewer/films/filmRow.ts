import type { ListItem } from '../api/index.js';
import { element } from '../dom/element.js';
import { scoreBeside } from '../report/stateWords.js';
import { stateBadge } from '../report/stateBadge.js';
import { when } from '../ui/dates.js';

export interface FilmRowOptions {
  readonly thumbnail: string;
  /** The file’s name, where it was sent from this tab. */
  readonly name: string | undefined;
  /** For operators: takes the film’s pixels from the server. */
  readonly deleteImage?: (item: ListItem) => void;
}

export const filmColumns = ['Film', 'Sent', 'Name', 'State', 'Score', 'Boxes', 'Model', 'By'] as const;

/** A film in the list. The link in its name covers the whole row. */
export function filmRow(item: ListItem, { thumbnail, name, deleteImage }: FilmRowOptions): HTMLTableRowElement {
  const judged = item.state === 'not-analysed' ? undefined : item;
  const score = judged === undefined ? '–' : scoreBeside(judged.filmScore, judged.threshold);
  const model = `${item.model.name} ${item.model.version}`;
  return element(
    'tr',
    { 'data-film': item.id, 'data-state': item.state },
    element('td', { class: 'picture' }, picture(item, thumbnail)),
    element('td', { class: 'sent' }, element('time', { datetime: item.createdAt }, when(item.createdAt))),
    element(
      'td',
      { class: 'name' },
      element('a', { href: `/films/${item.id}` }, name ?? item.externalId ?? `film …${item.id.slice(-8)}`),
      element('span', { class: 'more' }, `score ${score} · ${model} · ${item.submitter}`),
    ),
    element('td', { class: 'state' }, stateBadge(item)),
    element('td', { class: 'number score' }, score),
    element('td', { class: 'number boxes' }, judged === undefined ? '–' : String(judged.detections.length)),
    element('td', { class: 'model' }, model),
    element('td', { class: 'by' }, item.submitter),
    deleteImage !== undefined &&
      element(
        'td',
        { class: 'act' },
        item.film.status === 'kept' &&
          element(
            'button',
            {
              type: 'button',
              class: 'quiet above',
              'aria-label': `Delete pixels of ${name ?? item.id}`,
              on: {
                click: () => {
                  deleteImage(item);
                },
              },
            },
            'Delete pixels',
          ),
      ),
  );
}

function picture({ film, id }: ListItem, thumbnail: string): HTMLElement {
  if (film.status !== 'kept') return element('span', { class: 'no-picture' }, notKept[film.status]);
  const shown = element('img', {
    src: thumbnail,
    alt: '',
    loading: 'lazy',
    decoding: 'async',
    width: 56,
    height: 56,
    'data-thumbnail': id,
  });
  shown.addEventListener('error', () => {
    shown.replaceWith(element('span', { class: 'no-picture' }, 'no picture'));
  });
  return shown;
}

const notKept = { 'not-kept': 'not kept', expired: 'expired', deleted: 'deleted' } as const;
