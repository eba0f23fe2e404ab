import type { FilmReferences } from '../../log/index.js';
import { isDay } from '../day.js';
import { Problem } from '../errors/problems.js';
import { isWhole, textOf } from '../text.js';

/** Text that comes with a film. */
export interface UploadFields extends FilmReferences {
  readonly model?: string;
}

export const fieldNames = [
  'model',
  'patientRef',
  'accessionNumber',
  'studyInstanceUid',
  'seriesInstanceUid',
  'sopInstanceUid',
  'externalId',
  'studyDate',
  'label',
] as const;
export type FieldName = (typeof fieldNames)[number];

export const maximumFieldLength = 128;

/** The header that carries a field with a raw body, e.g. `x-patient-ref`. */
export function headerOf(field: FieldName): string {
  return `x-${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Collects fields one by one, from headers and form parts. */
export class FieldCollector {
  readonly #values = new Map<FieldName, string>();

  /**
   * Keeps a value exactly as it came: nothing is cut or cleaned.
   *
   * @throws Problem `bad-parameter` if that isn't possible.
   */
  add(name: string, value: string): void {
    const field = fieldNames.find((known) => known === name);
    if (field === undefined)
      throw new Problem(
        'bad-parameter',
        `There is no field “${printable(name)}”. The fields are ${fieldNames.join(', ')}.`,
      );
    if (this.#values.has(field)) throw new Problem('bad-parameter', `The field “${field}” is given more than once.`);
    if (value === '') return;
    if (Array.from(value).length > maximumFieldLength) {
      throw new Problem('bad-parameter', `The field “${field}” has more than ${maximumFieldLength} characters.`);
    }
    if (/\p{Cc}/u.test(value)) throw new Problem('bad-parameter', `The field “${field}” has control characters.`);
    if (!isWhole(value)) throw new Problem('bad-parameter', `The field “${field}” has half of a surrogate pair.`);
    if (field === 'studyDate') assertStudyDate(value);
    this.#values.set(field, value);
  }

  /** Collects the `X-` headers of a request from Node's flat list, which keeps a header that was sent twice. */
  addHeaders(rawHeaders: readonly string[]): void {
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const header = rawHeaders[i]?.toLowerCase();
      const field = fieldNames.find((name) => headerOf(name) === header);
      if (field !== undefined && header !== undefined) this.add(field, headerText(rawHeaders[i + 1] ?? '', header));
    }
  }

  fields(): UploadFields {
    return Object.fromEntries(this.#values);
  }
}

const firstXRay = '1895-11-08';
const dayMs = 24 * 60 * 60_000;

/** A typo would put a film before or after all others of its patient. */
function assertStudyDate(text: string): void {
  if (!isDay(text)) throw new Problem('bad-parameter', 'The field “studyDate” is not a date, YYYY-MM-DD.');
  // In the sender's time zone it may already be tomorrow.
  const tomorrow = new Date(Date.now() + dayMs).toISOString().slice(0, 10);
  if (text < firstXRay || text > tomorrow)
    throw new Problem('bad-parameter', 'The field “studyDate” is in the future or before the first X-ray.');
}

/** Node reads headers as Latin-1; senders write UTF-8. */
function headerText(value: string, header: string): string {
  return textOf(Buffer.from(value, 'latin1'), `The header “${header}”`);
}

/** A name that the sender chose, made safe for a message. */
function printable(name: string): string {
  return name.slice(0, 64).replace(/\p{Cc}/gu, '?');
}
