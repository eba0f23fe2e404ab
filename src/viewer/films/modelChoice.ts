import { defaultFirst, findsText } from '../app/modelsText.js';
import type { ServedModels } from '../app/servedModels.js';
import { element } from '../dom/element.js';
import { choice } from '../ui/field.js';

/**
 * Shown if there are several models: what each finds, its name and licence. `chosen` is '' for the default.
 */
export function modelChoice(models: Pick<ServedModels, 'all'>): {
  readonly row: HTMLElement;
  readonly chosen: () => string;
} {
  const { row, select } = choice('Analyse with', []);
  row.classList.add('model-choice');
  row.hidden = true;
  void models.all().then(
    (served) => {
      row.hidden = served.length < 2;
      for (const model of defaultFirst(served)) {
        const { name, licence } = model;
        const text = `${findsText(model)}: ${name} (${licence})`;
        select.append(element('option', { value: model.default ? '' : name }, text));
      }
      select.value = '';
    },
    () => undefined,
  );
  return { row, chosen: () => select.value };
}
