import { element } from '../dom/element.js';
import type { PageContext } from '../page.js';

/** How many films, in which states, how fast. */
export function statisticsSection(_context: PageContext): { readonly node: HTMLElement; readonly close: () => void } {
  return { node: element('section', {}, element('h2', {}, 'Statistics')), close: () => undefined };
}
