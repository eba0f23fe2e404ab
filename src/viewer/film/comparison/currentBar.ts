import { element } from '../../dom/element.js';
import { when } from '../../ui/dates.js';
import type { Reading } from '../state/reading.js';
import { sentBy } from './sentBy.js';

/** Over the film of the page while it is compared with another. */
export function createCurrentBar(reading: Reading): { readonly node: HTMLElement; update(comparing: boolean): void } {
  const time = element('span', {});
  const sender = element('span', { class: 'sender' });
  const linked = element('input', {
    type: 'checkbox',
    on: {
      change: () => {
        reading.change({ linked: linked.checked });
      },
    },
  });
  const node = element(
    'header',
    { class: 'compare-bar' },
    element('strong', {}, 'CURRENT'),
    time,
    sender,
    element(
      'span',
      { class: 'end' },
      element(
        'label',
        { title: 'Zoom and move both films (L); nothing is registered' },
        linked,
        'Linked, not registered',
      ),
    ),
  );
  return {
    node,
    update(comparing) {
      node.hidden = !comparing;
      linked.checked = reading.state.linked;
      time.textContent = reading.film.loaded === undefined ? '' : when(reading.film.loaded.report.createdAt);
      sender.textContent = sentBy(reading.film.loaded?.report.submitter);
    },
  };
}
