import { element } from '../dom/element.js';
import { type Desk, judgedOf } from './desk.js';
import { stateSign } from './sign.js';
import { stateWords, whatToDo } from './stateWords.js';

/**
 * Over a film that was not analysed: the reason, and what to do. The hatched edge round the film stays
 * even when the reader looks at the film below.
 */
export function createCover(desk: Desk): { readonly node: HTMLElement; update(): void } {
  const title = element('h2', {});
  const reason = element('p', {});
  const advice = element('p', {});
  const look = element('button', {
    type: 'button',
    on: {
      click: () => {
        desk.change({ uncovered: !desk.state.uncovered });
      },
    },
  });
  const words = element('div', { class: 'cover-words' }, stateSign('not-analysed'), title, reason, advice, look);
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
      const judged = judgedOf(desk.film);
      node.hidden = judged?.state !== 'not-analysed';
      if (judged?.state !== 'not-analysed') return;
      const { headline, detail } = stateWords(judged, []);
      title.textContent = headline;
      reason.textContent = detail;
      advice.textContent = whatToDo(judged.code);
      node.dataset['uncovered'] = String(desk.state.uncovered);
      look.hidden = desk.film.pixels.kind !== 'shown';
      look.textContent = desk.state.uncovered ? 'Why not analysed?' : 'Look at the film without an analysis';
    },
  };
}
