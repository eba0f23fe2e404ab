import { element } from '../dom/element.js';
import type { FilmFilter } from '../app/filmFilter.js';
import { newFilms } from './listStatus.js';
import { orderChoice } from './order.js';

export interface ListHead {
  readonly node: HTMLElement;
  say(status: string): void;
  /** How many films are new; 0 hides the button. */
  showNew(count: number): void;
  showOrder(order: FilmFilter['sort']): void;
  /** The number of active filters, shown where the filters are folded away. */
  showNarrowed(by: number): void;
}

export interface ListHeadOptions {
  readonly order: FilmFilter['sort'];
  readonly sort: (order: FilmFilter['sort']) => void;
  readonly takeIn: () => void;
  readonly refresh: () => void;
  /** What the button “Filter” opens, where there is little room. */
  readonly filters: HTMLElement;
}

/** Above the rows: how many there are, what is new, their order. */
export function createListHead({ order, sort, takeIn, refresh, filters }: ListHeadOptions): ListHead {
  const status = element('p', { class: 'list-status', role: 'status' });
  const fresh = button('', takeIn, 'new-films');
  const heard = element('span', { role: 'status', class: 'fresh' }, fresh);
  const ordering = orderChoice(order, sort);
  const fold = button(
    'Filter',
    () => {
      openFilters(filters, filters.dataset['open'] !== 'true');
    },
    'quiet fold',
  );
  fold.setAttribute('aria-expanded', 'false');
  filters.addEventListener('toggle', () => {
    fold.setAttribute('aria-expanded', String(filters.dataset['open'] === 'true'));
  });
  fresh.hidden = true;
  return {
    node: element(
      'div',
      { class: 'list-head' },
      status,
      heard,
      element('div', { class: 'list-acts' }, ordering.row, fold, button('Refresh', refresh, 'quiet')),
    ),
    say(text) {
      status.textContent = text;
    },
    showNew(count) {
      fresh.hidden = count === 0;
      if (count > 0) fresh.textContent = newFilms(count);
    },
    showOrder(next) {
      ordering.show(next);
    },
    showNarrowed(by) {
      fold.textContent = by === 0 ? 'Filter' : `Filter (${by})`;
    },
  };
}

/** Folds the filters open or shut; on a wide screen they are always visible. */
export function openFilters(filters: HTMLElement, open: boolean): void {
  filters.dataset['open'] = String(open);
  filters.dispatchEvent(new Event('toggle'));
}

function button(text: string, act: () => void, kind?: string): HTMLButtonElement {
  return element('button', { type: 'button', class: kind, on: { click: act } }, text);
}
