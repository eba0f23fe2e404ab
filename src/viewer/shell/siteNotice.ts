import type { Site } from '../api/index.js';
import { keepingText } from '../app/keepingText.js';
import { modelsText } from '../app/modelsText.js';
import type { ServedModels } from '../app/servedModels.js';
import { element } from '../dom/element.js';

/** The foot of every page: research use, models with licences, and what happens to films. */
export function siteNotice(site: Site, models: ServedModels): HTMLElement {
  const named = element('span', {}, modelsText([site.model]));
  void models.all().then(
    (all) => {
      named.textContent = modelsText(all);
    },
    () => undefined,
  );
  return element(
    'footer',
    { class: 'foot' },
    element('strong', {}, 'Research use. Not for diagnosis. Scores are not probabilities.'),
    named,
    element('span', { 'data-keeping': site.imageStore }, keepingText(site)),
  );
}
