import type { Api, StatisticsQuery } from '../api/index.js';
import { element } from '../dom/element.js';

const plots = [
  ['volume', 'Films'],
  ['states', 'The three states'],
  ['latency', 'Time to answer'],
  ['scores', 'Film scores'],
] as const;

export interface Plots {
  readonly node: HTMLElement;
  /** @param how `unattended`: the page polls on its own */
  show(query: StatisticsQuery, signal: AbortSignal, how: { readonly unattended: boolean }): Promise<void>;
  clear(): void;
}

/** The charts of the statistics. They are fetched, since an image address can't say that the page polls on its own. */
export function createPlots(api: Pick<Api, 'plot'>): Plots {
  const node = element('div', { class: 'plots' });
  let addresses: readonly string[] = [];
  const clear = (): void => {
    for (const address of addresses) URL.revokeObjectURL(address);
    addresses = [];
    node.replaceChildren();
  };
  return {
    node,
    async show(query, signal, how) {
      const drawn = await Promise.all(plots.map(([name]) => api.plot(name, query, signal, how)));
      const height = node.offsetHeight;
      clear();
      addresses = drawn.map((picture) => URL.createObjectURL(picture));
      // Keeps the page from jumping while the new charts are decoded.
      node.style.minHeight = `${height}px`;
      const pictures = plots.map(([, title], i) =>
        element('img', {
          src: addresses[i],
          alt: `${title}: the numbers are in the tables below`,
          width: 520,
          height: 260,
        }),
      );
      node.replaceChildren(...pictures.map((picture) => element('figure', {}, picture)));
      await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
      node.style.minHeight = '';
    },
    clear,
  };
}
