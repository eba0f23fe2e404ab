import { element } from '../dom/element.js';
import { field } from '../shell/field.js';
import type { Intake } from '../upload/intake.js';

/** Where films are chosen, and what goes with them. */
export function uploadStrip(intake: Intake): { readonly node: HTMLElement; readonly close: () => void } {
  const patient = field('Patient ref.', { maxlength: 128, autocomplete: 'off', placeholder: 'optional' });
  const accession = field('Accession no.', { maxlength: 128, autocomplete: 'off', placeholder: 'optional' });
  const keep = element('input', { type: 'checkbox', id: 'keep-fields' });
  const node = element(
    'section',
    { class: 'upload-strip', 'aria-label': 'Send films' },
    element('button', { type: 'button', class: 'primary', on: { click: () => { intake.choose(); } } }, 'Send films…'),
    element('p', {}, 'or drop or paste them here'),
    element('div', { class: 'with-film' }, patient.row, accession.row, element('span', { class: 'tick' }, keep, element('label', { for: keep.id }, 'for the next films, too'))),
  );
  const untouched = intake.fields;
  intake.fields = () => {
    const given = { ...(patient.input.value.trim() === '' ? {} : { patientRef: patient.input.value.trim() }), ...(accession.input.value.trim() === '' ? {} : { accessionNumber: accession.input.value.trim() }) };
    // A reference left standing would go to the next patient’s film.
    if (!keep.checked) for (const { input } of [patient, accession]) input.value = '';
    return given;
  };
  return { node, close: () => { intake.fields = untouched; } };
}
