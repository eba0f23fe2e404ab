import { element } from '../../dom/element.js';
import type { Reading } from '../state/reading.js';
import { lengthText, type Measure, pixelText } from '../pane/measure.js';

/** Distances that the reader marked, each with a button to remove it. They are not stored anywhere. */
export function createDistanceList(reading: Reading): { readonly node: HTMLElement; update(): void } {
  const note = element('p', { class: 'muted' });
  const list = element('ul', { class: 'distance-list' });
  const node = element(
    'section',
    { class: 'distances', 'aria-label': 'Distances' },
    element('h2', {}, 'Distances'),
    list,
    note,
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
      note.textContent = `${noteOn(measures)} Lost when you leave the film.`;
      list.replaceChildren(
        ...measures.map((measure) =>
          element(
            'li',
            {},
            element('span', {}, inBoth(measure)),
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

function inBoth(measure: Measure): string {
  return measure.from.spacing === undefined ? pixelText(measure) : `${lengthText(measure)} (${pixelText(measure)})`;
}

function noteOn(measures: readonly Measure[]): string {
  switch (measures[0]?.from.spacing?.kind) {
    case undefined:
      return 'In film pixels.';
    case 'calibrated':
      return 'In mm of the patient, as the film is calibrated.';
    case 'detector':
      return 'In mm at the detector: the patient is smaller.';
    case 'unspecified':
      return "In mm, but the film doesn't say where they apply.";
  }
}
