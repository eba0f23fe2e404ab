import { choice } from '../ui/field.js';
import type { FilmFilter } from '../app/filmFilter.js';

type Order = FilmFilter['sort'];

const orders: readonly (readonly [Order, string])[] = [
  ['', 'newest first'],
  ['createdAt', 'oldest first'],
  ['-filmScore', 'highest score first'],
  ['filmScore', 'lowest score first'],
  ['-boxCount', 'most boxes first'],
  ['boxCount', 'fewest boxes first'],
];

/** A choice of the order of the list. */
export function orderChoice(
  order: Order,
  change: (order: Order) => void,
): { readonly row: HTMLElement; show(order: Order): void } {
  const ordering = choice('Order', orders);
  const { row, select } = ordering;
  select.value = order;
  select.addEventListener('change', () => {
    change(ordering.value());
  });
  return {
    row,
    show(next) {
      select.value = next;
    },
  };
}

/** The columns that can sort films: descending on the first click, ascending on the second. */
const byColumn = {
  sent: ['', 'createdAt'],
  score: ['-filmScore', 'filmScore'],
  boxes: ['-boxCount', 'boxCount'],
} as const satisfies Readonly<Record<string, readonly [Order, Order]>>;

export type SortColumn = keyof typeof byColumn;

export function isSortColumn(column: string): column is SortColumn {
  return Object.hasOwn(byColumn, column);
}

export function sortedBy(column: SortColumn, order: Order): 'descending' | 'ascending' | 'none' {
  const [down, up] = byColumn[column];
  if (order === down) return 'descending';
  return order === up ? 'ascending' : 'none';
}

/** The order after a click on the head of a column. */
export function orderAfter(column: SortColumn, order: Order): Order {
  const [down, up] = byColumn[column];
  return order === down ? up : down;
}
