import type { UploadFields } from '../api/index.js';
import { element } from '../dom/element.js';
import type { ServedModels } from '../app/servedModels.js';
import { choice, field } from '../ui/field.js';
import type { Intake } from '../upload/intake.js';

/** Where films are chosen, and what is sent with them. */
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
      element('span', { class: 'tick' }, keep, element('label', { for: keep.id }, 'keep for the next films')),
    ),
  );
  const untouched = intake.fields;
  intake.fields = () => {
    const given: UploadFields = {
      ...(patient.input.value.trim() === '' ? {} : { patientRef: patient.input.value.trim() }),
      ...(accession.input.value.trim() === '' ? {} : { accessionNumber: accession.input.value.trim() }),
      ...(model.chosen() === '' ? {} : { model: model.chosen() }),
    };
    // A reference left in its field would be sent with the next patient's film; the model stays as chosen.
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

/** Shown if there are several models, each with its licence; `chosen` is '' for the default one. */
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
