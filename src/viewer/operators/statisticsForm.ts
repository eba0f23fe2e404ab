import type { ServedModels } from '../app/servedModels.js';
import { element } from '../dom/element.js';
import { dateField } from '../ui/dateField.js';
import { choice, field } from '../ui/field.js';
import { daysWithin, type Instants, quickRanges, type Range } from './range.js';

export interface StatisticsForm {
  readonly node: HTMLFormElement;
  range(): Range;
  readonly model: () => string;
  readonly submitter: () => string;
  /** Fills in the days on show. */
  showDays(shown: Instants): void;
}

/** Which films the statistics count: a period by one click or by days, a model, a sender. */
export function statisticsForm(
  models: Pick<ServedModels, 'all'>,
  change: () => void,
  refresh: () => void,
): StatisticsForm {
  let range: Range = { kind: 'last', hours: 30 * 24 };
  const from = dateField('From (UTC)');
  const to = dateField('To (UTC)');
  const model = choice('Model', [['', 'all']]);
  const submitter = field('Sent by', { maxlength: 128, autocomplete: 'off', placeholder: 'anyone' });
  const quick = quickRanges.map(([text, hours]) => {
    const choose = (): void => {
      range = { kind: 'last', hours };
      showRange();
      change();
    };
    return { hours, button: element('button', { type: 'button', on: { click: choose } }, text) };
  });
  const node: HTMLFormElement = element(
    'form',
    {
      class: 'in-row statistics-form',
      'aria-label': 'Which films',
      on: {
        submit: (event) => {
          event.preventDefault();
          change();
        },
      },
    },
    element('div', { class: 'quick', role: 'group', 'aria-label': 'The last' }, ...quick.map(({ button }) => button)),
    from.row,
    to.row,
    model.row,
    submitter.row,
    element('button', { type: 'submit', class: 'hidden-submit', tabindex: -1, 'aria-hidden': 'true' }, 'Show'),
    element('p', { class: 'buttons' }, element('button', { type: 'button', on: { click: refresh } }, 'Refresh')),
  );
  for (const { input } of [from, to])
    input.addEventListener('change', () => {
      if (!node.checkValidity() || from.input.value === '' || to.input.value === '') return;
      range = { kind: 'days', from: from.input.value, to: to.input.value };
      showRange();
      change();
    });
  for (const other of [model.select, submitter.input]) other.addEventListener('change', change);
  void models.all().then(
    (list) => {
      for (const { name } of list) model.select.append(element('option', { value: name }, name));
    },
    () => undefined,
  );
  showRange();
  return {
    node,
    range: () => range,
    model: () => model.select.value,
    submitter: () => submitter.input.value.trim(),
    showDays(shown) {
      // Don't overwrite what is being typed.
      if (document.activeElement === from.input || document.activeElement === to.input) return;
      [from.input.value = '', to.input.value = ''] = daysWithin(shown);
    },
  };

  function showRange(): void {
    for (const { hours, button } of quick)
      button.setAttribute('aria-pressed', String(range.kind === 'last' && range.hours === hours));
  }
}
