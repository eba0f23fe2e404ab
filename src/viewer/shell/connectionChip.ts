import type { Api } from '../api/index.js';
import { element } from '../dom/element.js';

/** Says when the server isn't responding, and lets the user retry at once. */
export function connectionChip(api: Api): { readonly node: HTMLElement; close(): void } {
  const node = element('div', { class: 'connection', role: 'status', 'data-connection': 'here' });
  const close = api.connection.subscribe(show);
  show(api.connection.state);
  return { node, close };

  function show(state: 'here' | 'away'): void {
    node.dataset['connection'] = state;
    if (state === 'here') {
      node.replaceChildren();
      return;
    }
    const again = element(
      'button',
      {
        type: 'button',
        on: {
          click: () => {
            api.connection.tryNow();
            void api.site().catch(() => undefined);
          },
        },
      },
      'Retry now',
    );
    node.replaceChildren(element('span', {}, 'The server is not responding. Retrying.'), again);
  }
}
