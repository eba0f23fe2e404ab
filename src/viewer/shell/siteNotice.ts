import { element } from '../dom/element.js';

/** The foot of every page: one line. What else there is to say of the service stands under “About” in the menu. */
export function siteNotice(): HTMLElement {
  return element(
    'footer',
    { class: 'foot' },
    element('strong', {}, 'Research use. Not for diagnosis.'),
    ' Scores are not probabilities.',
  );
}
