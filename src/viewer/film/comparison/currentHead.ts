import { element } from '../../dom/element.js';
import { createIdentityLine } from '../identity/identityLine.js';
import type { Reading } from '../state/reading.js';

export interface CurrentHead {
  /** Shown while the film is compared with another. */
  readonly bar: HTMLElement;
  readonly identity: HTMLElement;
  update(comparing: boolean): void;
}

/** Above the film of the page: whose it is and, during a comparison, that it is the current one. */
export function createCurrentHead(reading: Reading): CurrentHead {
  const identity = createIdentityLine();
  const linked = element('input', {
    type: 'checkbox',
    on: {
      change: () => {
        reading.change({ linked: linked.checked });
      },
    },
  });
  const together = 'Zoom and move both films at once (L). The same place may be another part of the body.';
  const bar = element(
    'header',
    { class: 'compare-bar' },
    element('strong', {}, 'THIS FILM'),
    element('span', { class: 'end' }, element('label', { title: together }, linked, 'Move both together')),
  );
  return {
    bar,
    identity: identity.node,
    update(comparing) {
      bar.hidden = !comparing;
      linked.checked = reading.state.linked;
      const { references, loaded } = reading.film;
      identity.show(references, comparing ? loaded?.report.submitter : undefined);
    },
  };
}
