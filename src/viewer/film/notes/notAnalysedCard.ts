import { element } from '../../dom/element.js';
import { type Reading, verdictOf } from '../state/reading.js';
import { stateSign } from '../../report/stateSign.js';
import { reasonTitle, whatToDo } from '../../report/stateWords.js';

/**
 * Covers a film that was not analysed: the reason, and what to do. The hatched edge around the film stays even when the
 * reader looks at the film below.
 */
export function createNotAnalysedCard(reading: Reading): { readonly node: HTMLElement; update(): void } {
  const title = element('h2', {});
  const reason = element('p', {});
  const advice = element('p', {});
  const look = element('button', {
    type: 'button',
    on: {
      click: () => {
        reading.change({ uncovered: !reading.state.uncovered });
      },
    },
  });
  const text = element(
    'div',
    { class: 'cover-text', role: 'group', tabindex: 0, 'aria-label': 'Why it was not analysed' },
    stateSign('not-analysed'),
    title,
    reason,
    advice,
  );
  // The button is always visible: only the text above it scrolls.
  const words = element('div', { class: 'cover-words' }, text, look);
  const node = element(
    'div',
    { class: 'film-cover' },
    element('div', { class: 'hatch', 'aria-hidden': 'true' }),
    words,
  );
  node.hidden = true;
  return {
    node,
    update() {
      const verdict = verdictOf(reading.film);
      node.hidden = verdict?.state !== 'not-analysed';
      if (verdict?.state !== 'not-analysed') return;
      title.textContent = sentence(reasonTitle(verdict.code));
      reason.textContent = verdict.detail;
      advice.textContent = whatToDo(verdict.code);
      node.dataset['uncovered'] = String(reading.state.uncovered);
      look.hidden = reading.film.pixels.kind !== 'shown';
      look.textContent = reading.state.uncovered ? 'Why was it not analysed?' : 'Look at the film without an analysis';
    },
  };
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
