import type { UploadFields } from '../api/index.js';
import { element } from '../dom/element.js';
import type { ServedModels } from '../app/servedModels.js';
import { choice, field } from '../ui/field.js';
import type { Intake } from '../upload/intake.js';

/** Where films are chosen, and what goes with them. */
export function uploadStrip(
  intake: Intake,
  models: Pick<ServedModels, 'all'>,
): { readonly node: HTMLElement; readonly close: () => void } {
  const patient = field('Patient ref.', { maxlength: 128, autocomplete: 'off', placeholder: 'optional' });
  const accession = field('Accession no.', { maxlength: 128, autocomplete: 'off', placeholder: 'optional' });
  const keep = element('input', { type: 'checkbox', id: 'keep-fields' });
  const model = modelChoice(models);
  const node = element(
    'section',
    { class: 'upload-strip', 'aria-label': 'Send films' },
    element(
      'button',
      {
        type: 'button',
        class: 'primary',
        on: {
          click: () => {
            intake.choose();
          },
        },
      },
      'Send films…',
    ),
    element('p', {}, 'or drop or paste them here'),
    element(
      'div',
      { class: 'with-film' },
      model.row,
      patient.row,
      accession.row,
      element('span', { class: 'tick' }, keep, element('label', { for: keep.id }, 'for the next films, too')),
    ),
  );
  const untouched = intake.fields;
  intake.fields = () => {
    const given: UploadFields = {
      ...(patient.input.value.trim() === '' ? {} : { patientRef: patient.input.value.trim() }),
      ...(accession.input.value.trim() === '' ? {} : { accessionNumber: accession.input.value.trim() }),
      ...(model.chosen() === '' ? {} : { model: model.chosen() }),
    };
    // A reference left standing would go to the next patient’s film; the model stays as it is shown.
    if (!keep.checked) for (const { input } of [patient, accession]) input.value = '';
    return given;
  };
  return {
    node,
    close: () => {
      intake.fields = untouched;
    },
  };
}

/** Shown where there is more than one; `chosen` is '' for the default. Each says its licence: films are not sent to one unknowingly. */
function modelChoice(models: Pick<ServedModels, 'all'>): { readonly row: HTMLElement; readonly chosen: () => string } {
  const { row, select } = choice('Analyse with', []);
  row.hidden = true;
  void models.all().then(
    (served) => {
      row.hidden = served.length < 2;
      for (const { name, licence, default: isDefault } of served) {
        const option = element('option', { value: isDefault ? '' : name }, `${name} (${licence})`);
        if (isDefault) select.prepend(option);
        else select.append(option);
      }
      select.value = '';
    },
    () => undefined,
  );
  return { row, chosen: () => select.value };
}
