import { element } from '../../dom/element.js';
import type { Reading } from '../state/reading.js';
import { lengthText } from '../pane/measure.js';

/** Distances that the reader marked, each with a button to remove it. They are not stored anywhere. */
export function createDistanceList(reading: Reading): { readonly node: HTMLElement; update(): void } {
  const list = element('ul', { class: 'distance-list' });
  const node = element(
    'section',
    { class: 'distances', 'aria-label': 'Distances' },
    element('h2', {}, 'Distances'),
    list,
    element('p', { class: 'muted' }, 'In film pixels. Lost when you leave the film.'),
  );
  let shown = reading.state.measures;
  node.hidden = true;
  return {
    node,
    update() {
      const { measures } = reading.state;
      if (measures === shown) return;
      shown = measures;
      node.hidden = measures.length === 0;
      list.replaceChildren(
        ...measures.map((measure) =>
          element(
            'li',
            {},
            element('span', {}, lengthText(measure)),
            element(
              'button',
              {
                type: 'button',
                class: 'quiet',
                'aria-label': `Remove the distance of ${lengthText(measure)}`,
                on: {
                  click: () => {
                    reading.change({ measures: reading.state.measures.filter(({ id }) => id !== measure.id) });
                  },
                },
              },
              '×',
            ),
          ),
        ),
      );
    },
  };
}
