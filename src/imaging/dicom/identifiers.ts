import type { FilmIdentifiers } from '../film.js';
import type { Attributes } from './attributes.js';
import { encodings } from './characterSets.js';
import { tags } from './tags.js';

/**
 * Whose film it is, as its file says. A value that the standard forbids is left out: a missing reference is better than
 * one that can't be searched for.
 */
export function identifiersOf(attributes: Attributes): FilmIdentifiers {
  const all = {
    patientRef: textOf(attributes, tags.patientId),
    accessionNumber: textOf(attributes, tags.accessionNumber),
    studyInstanceUid: uidOf(attributes, tags.studyInstanceUid),
    seriesInstanceUid: uidOf(attributes, tags.seriesInstanceUid),
    sopInstanceUid: uidOf(attributes, tags.sopInstanceUid),
    studyDate: dayOf(attributes.text(tags.studyDate)),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function uidOf(attributes: Attributes, tag: string): string | undefined {
  const uid = attributes.text(tag);
  return uid !== undefined && /^[\d.]{1,64}$/.test(uid) ? uid : undefined;
}

/** A value of LO or SH: at most 64 characters, in the file's character set. */
function textOf(attributes: Attributes, tag: string): string | undefined {
  const value = attributes.value(tag);
  if (value === undefined || value.length === 0 || value.length > 256) return undefined;
  const text = decoded(value, attributes.texts(tags.specificCharacterSet));
  const trimmed = text?.replace(/^[ \0]+|[ \0]+$/g, '');
  return trimmed === undefined || trimmed === '' || trimmed.length > 64 || /\p{Cc}/u.test(trimmed)
    ? undefined
    : trimmed;
}

/** Undefined if the character set is a list, or unknown, and the text goes beyond ASCII. */
function decoded(value: Uint8Array, sets: readonly string[]): string | undefined {
  if (value.every((byte) => byte >= 0x20 && byte < 0x7f)) return Buffer.from(value).toString('latin1');
  const [set = ''] = sets;
  const encoding = sets.length === 1 && Object.hasOwn(encodings, set) ? encodings[set] : undefined;
  if (encoding === undefined) return undefined;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(value);
  } catch {
    return undefined;
  }
}

/** YYYYMMDD → YYYY-MM-DD, if it is a valid date. */
function dayOf(text: string | undefined): string | undefined {
  const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(text ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = `${year}-${month}-${day}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date ? undefined : date;
}
