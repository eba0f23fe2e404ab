import type { ListItem } from '../api/index.js';
import type { ListPlace } from '../app/listInTab.js';
import { element } from '../dom/element.js';
import { zoneOf } from '../ui/dates.js';
import { columnTitles } from './columns.js';
import { type FilmColumn, filmRow, type FilmRowOptions } from './filmRow.js';
import type { FilmFilter } from '../app/filmFilter.js';
import { isSortColumn, orderAfter, sortedBy } from './order.js';

export interface FilmTable {
  readonly node: HTMLTableElement;
  /** The film whose row has the focus keeps it, unless `focusOn` names another. */
  show(items: readonly ListItem[], as: ShownAs): void;
  focus(film: string): void;
  /** The first visible film, and where it is. */
  place(): ListPlace | undefined;
  /** Scrolls so that this film is where it was. */
  moveTo(place: ListPlace): void;
  /** Moves the focus one film down (1) or up (−1); to the first film if no row has it. */
  step(by: 1 | -1): void;
}

export interface ShownAs {
  readonly columns: readonly FilmColumn[];
  readonly order: FilmFilter['sort'];
  readonly focusOn?: string | undefined;
}

export interface FilmTableOptions {
  readonly rowOptions: (item: ListItem) => FilmRowOptions;
  readonly sort: (order: FilmFilter['sort']) => void;
}

export function createFilmTable({ rowOptions, sort }: FilmTableOptions): FilmTable {
  const rows = element('tbody', {});
  const head = element('tr', {});
  const node = element('table', { class: 'films' }, element('thead', {}, head), rows);
  let shownHead = '';
  const focus = (film: string): void => {
    const row = rows.querySelector(`tr[data-film="${CSS.escape(film)}"]`);
    row?.querySelector<HTMLAnchorElement>('td.name a')?.focus({ preventScroll: true });
    // Scrolls as little as possible: a visible row stays where it is.
    row?.scrollIntoView({ block: 'nearest' });
  };
  return {
    node,
    show(items, { columns, order, focusOn }) {
      const focused = document.activeElement?.closest('tr')?.dataset['film'];
      showHead(columns, order);
      rows.replaceChildren(...items.map((item) => filmRow(item, columns, rowOptions(item))));
      node.hidden = items.length === 0;
      const back = focusOn ?? focused;
      if (back !== undefined) focus(back);
    },
    focus,
    place() {
      const row = [...rows.rows].find((one) => one.getBoundingClientRect().bottom > 0);
      const film = row?.dataset['film'];
      return row === undefined || film === undefined ? undefined : { film, top: row.getBoundingClientRect().top };
    },
    moveTo({ film, top }) {
      const row = rows.querySelector(`tr[data-film="${CSS.escape(film)}"]`);
      if (row !== null) window.scrollBy(0, row.getBoundingClientRect().top - top);
    },
    step(by) {
      const links = [...rows.querySelectorAll<HTMLAnchorElement>('td.name a')];
      const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement) === true);
      links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
    },
  };

  /** Rebuilt only when it changes, so that keyboard users keep the focus on the column head. */
  function showHead(columns: readonly FilmColumn[], order: FilmFilter['sort']): void {
    const next = `${columns.join(' ')} ${order}`;
    if (next === shownHead) return;
    shownHead = next;
    const focused = head.contains(document.activeElement)
      ? document.activeElement?.closest('th')?.className
      : undefined;
    head.replaceChildren(...columns.map((column) => headCell(column, order)));
    if (focused !== undefined) head.querySelector<HTMLElement>(`th.${CSS.escape(focused)} button`)?.focus();
  }

  function headCell(column: FilmColumn, order: FilmFilter['sort']): HTMLTableCellElement {
    const title = columnTitles[column];
    if (column === 'act')
      return element('th', { scope: 'col', class: column }, element('span', { class: 'only-read' }, title));
    if (!isSortColumn(column)) return element('th', { scope: 'col', class: column }, title);
    const sorted = sortedBy(column, order);
    const button = element(
      'button',
      {
        type: 'button',
        class: 'sort',
        on: {
          click: () => {
            sort(orderAfter(column, order));
          },
        },
      },
      title,
      element('span', { 'aria-hidden': 'true' }, { descending: ' ▾', ascending: ' ▴', none: '' }[sorted]),
    );
    const zone = column === 'sent' && element('small', {}, ` ${zoneOf(new Date().toISOString())}`);
    return element('th', { scope: 'col', class: column, 'aria-sort': sorted }, button, zone);
  }
}
