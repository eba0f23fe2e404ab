import type { ListItem } from '../api/index.js';
import { element } from '../dom/element.js';
import { filmColumns, filmRow, type FilmRowOptions } from './filmRow.js';

export interface FilmTable {
  readonly node: HTMLTableElement;
  /** The film whose row has the focus keeps it, unless `focusOn` names another. */
  show(items: readonly ListItem[], focusOn: string | undefined): void;
  /** Moves the focus one film down (1) or up (−1); to the first film if no row has it. */
  step(by: 1 | -1): void;
}

/** @param withActs adds a column for what may be done to a film */
export function createFilmTable(withActs: boolean, rowOptions: (item: ListItem) => FilmRowOptions): FilmTable {
  const rows = element('tbody', {});
  const columns = filmColumns.map((name) => element('th', { scope: 'col', class: name.toLowerCase() }, name));
  const acts = withActs && element('th', { scope: 'col' }, element('span', { class: 'only-read' }, 'Act'));
  const node = element('table', { class: 'films' }, element('thead', {}, element('tr', {}, ...columns, acts)), rows);
  return {
    node,
    show(items, focusOn) {
      const focused = document.activeElement?.closest('tr')?.dataset['film'];
      rows.replaceChildren(...items.map((item) => filmRow(item, rowOptions(item))));
      node.hidden = items.length === 0;
      const back = focusOn ?? focused;
      if (back === undefined) return;
      rows.querySelector<HTMLAnchorElement>(`tr[data-film="${CSS.escape(back)}"] td.name a`)?.focus();
    },
    step(by) {
      const links = [...rows.querySelectorAll<HTMLAnchorElement>('td.name a')];
      const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement) === true);
      links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
    },
  };
}
