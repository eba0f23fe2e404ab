import { element } from '../../dom/element.js';
import { attributeWords } from '../../report/attributeWords.js';
import { scoreText } from '../../report/stateWords.js';
import type { Reading } from '../state/reading.js';

/** What the model says about the film as a whole, from its strongest box, with explanations. */
export function createAppearance(reading: Reading): { readonly node: HTMLElement; update(): void } {
  const node = element('section', { class: 'appearance', 'aria-label': 'The whole film' });
  node.hidden = true;
  let told: unknown;
  return {
    node,
    update() {
      const report = reading.film.loaded?.report;
      if (report === told) return;
      told = report;
      // Without a reported box there is nothing to be typical of anything.
      const attributes = report?.state === 'findings' ? Object.entries(report.attributes ?? {}) : [];
      node.hidden = attributes.length === 0;
      node.replaceChildren(
        element('h2', {}, 'The whole film'),
        ...attributes.flatMap(([name, score]) => [
          element('p', { class: 'appearance-score' }, `${reading.film.titleOf(name)} ${scoreText(score)}`),
          element('p', { class: 'muted' }, attributeWords(name)),
        ]),
      );
    },
  };
}
