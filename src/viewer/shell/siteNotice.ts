import { element } from '../dom/element.js';

/** The foot of every page: one line. Everything else about the service is under “About” in the menu. */
export function siteNotice(): HTMLElement {
  return element(
    'footer',
    { class: 'foot' },
    element('strong', {}, 'Research use. Not for diagnosis.'),
    ' Scores are not probabilities.',
  );
}
