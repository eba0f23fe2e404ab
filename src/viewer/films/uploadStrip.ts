import type { UploadFields } from '../api/index.js';
import { element } from '../dom/element.js';
import type { ServedModels } from '../app/servedModels.js';
import { dateField } from '../ui/dateField.js';
import { field } from '../ui/field.js';
import type { Intake } from '../upload/intake.js';
import { modelChoice } from './modelChoice.js';

export interface UploadStrip {
  readonly node: HTMLElement;
  /** Opens the browser's file chooser; if the fields are folded away, unfolds them first. */
  readonly choose: () => void;
  readonly close: () => void;
}

/** As in films.css: from this width on, the fields are always visible. */
const wide = '(min-width: 68.75em)';

/** Where films are chosen, and what is sent with them. */
export function uploadStrip(intake: Intake, models: Pick<ServedModels, 'all'>): UploadStrip {
  const text = (label: string): ReturnType<typeof field> =>
    field(label, { maxlength: 128, autocomplete: 'off', placeholder: 'optional' });
  const references = {
    patientRef: text('Patient ref.'),
    accessionNumber: text('Accession no.'),
    studyDate: dateField('Study date', { min: '1900-01-01' }),
    label: text('Label'),
  };
  const fromNames = element('input', { type: 'checkbox', id: 'names-as-labels' });
  const keep = element('input', { type: 'checkbox', id: 'keep-fields' });
  const model = modelChoice(models);
  const send = element('button', { type: 'button', class: 'primary', on: { click: choose } }, 'Send films…');
  const chooseFiles = element(
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
    'Choose files…',
  );
  const fields = element(
    'form',
    {
      class: 'with-film',
      id: 'with-film',
      'aria-label': 'Sent with the films',
      on: {
        submit: (event) => {
          event.preventDefault();
        },
      },
    },
    model.row,
    ...Object.values(references).map(({ row }) => row),
    tick(fromNames, 'file names as labels'),
    tick(keep, 'keep for the next films'),
    chooseFiles,
  );
  const node = element(
    'section',
    { class: 'upload-strip', 'aria-label': 'Send films', 'data-open': 'false' },
    send,
    element('p', {}, 'or drop or paste them here'),
    fields,
  );
  fromNames.addEventListener('change', () => {
    references.label.input.disabled = fromNames.checked;
  });
  const untouched = { fields: intake.fields, refusal: intake.refusal };
  intake.refusal = () => (fields.reportValidity() ? undefined : 'Nothing was sent: the study date is not a date.');
  intake.fields = (fileName) => {
    const typed = Object.entries(references).flatMap(([name, { input }]) => {
      const value = input.disabled ? '' : input.value.trim();
      return value === '' ? [] : [[name, value] as const];
    });
    const given: UploadFields = {
      ...Object.fromEntries(typed),
      ...(fromNames.checked ? { label: labelOf(fileName) } : {}),
      ...(model.chosen() === '' ? {} : { model: model.chosen() }),
    };
    return given;
  };
  intake.taken = () => {
    // A reference left in its field would be sent with the next patient's film; the model stays as chosen.
    if (!keep.checked) for (const { input } of Object.values(references)) input.value = '';
    node.dataset['open'] = 'false';
  };
  return {
    node,
    choose,
    close: () => {
      Object.assign(intake, untouched, { taken: () => undefined });
    },
  };

  function choose(): void {
    if (window.matchMedia(wide).matches) {
      intake.choose();
      return;
    }
    const open = node.dataset['open'] !== 'true';
    node.dataset['open'] = String(open);
    send.setAttribute('aria-expanded', String(open));
    if (open) chooseFiles.focus();
  }
}

/** A file's name as a label: at most 128 characters, without those that the server refuses. */
export function labelOf(fileName: string): string {
  return Array.from(fileName.replace(/\p{Cc}/gu, ' ').trim())
    .slice(0, 128)
    .join('');
}

function tick(input: HTMLInputElement, text: string): HTMLElement {
  return element('span', { class: 'tick' }, input, element('label', { for: input.id }, text));
}
