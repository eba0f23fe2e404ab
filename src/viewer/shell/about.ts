import type { Site } from '../api/index.js';
import { keepingText } from '../app/keepingText.js';
import { defaultFirst, findsText } from '../app/modelsText.js';
import type { ServedModels } from '../app/servedModels.js';
import { element } from '../dom/element.js';
import { scoreText } from '../report/stateWords.js';
import { openDialog } from '../ui/dialog.js';
import { faultText } from '../ui/form.js';

/** What this service is: its models with licences, what happens to films, its notice. */
export function showAbout(site: Site, models: ServedModels): void {
  const rows = element('tbody', {});
  const head = ['Model', 'Looks for', 'Threshold', 'Licence'].map((text) => element('th', { scope: 'col' }, text));
  const dialog = openDialog(
    { title: 'About this service', class: 'about' },
    element('p', {}, element('strong', {}, 'Research use. Not for diagnosis.'), ' Scores are not probabilities.'),
    element('p', {}, site.notice),
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), rows),
    element('p', { 'data-keeping': site.imageStore }, `${keepingText(site)}. Service version ${site.version}.`),
    element(
      'p',
      { class: 'buttons' },
      element('button', { type: 'button', autofocus: true, on: { click: close } }, 'Close'),
    ),
  );
  void models.all().then(
    (served) => {
      rows.replaceChildren(
        ...defaultFirst(served).map((model) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, `${model.name} ${model.version}${model.default ? ' (default)' : ''}`),
            element('td', {}, findsText(model)),
            element('td', { class: 'number' }, scoreText(model.threshold)),
            element('td', {}, model.licence),
          ),
        ),
      );
    },
    (error: unknown) => {
      rows.replaceChildren(element('tr', {}, element('td', { colspan: 4 }, faultText(error))));
    },
  );

  function close(): void {
    dialog.close();
  }
}
