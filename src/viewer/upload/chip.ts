import { element } from '../dom/element.js';
import type { UploadQueue } from './queue.js';

/** In the bar of every page: how many films are still being sent, and how many failed. */
export function uploadChip(queue: UploadQueue): { readonly node: HTMLElement; readonly close: () => void } {
  const node = element('div', { class: 'upload-chip', role: 'status' });
  const close = queue.subscribe(show);
  show();
  return { node, close };

  function show(): void {
    const failed = queue.uploads.filter(({ status }) => status.kind === 'failed').length;
    const parts = [
      ...(queue.unsent > 0 ? [`${queue.unsent} on the way`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ];
    const text = parts.join(', ');
    if (node.textContent === text) return;
    node.replaceChildren(...(text === '' ? [] : [element('a', { href: '/films' }, text)]));
  }
}
