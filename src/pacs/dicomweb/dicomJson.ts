import { PacsError } from './pacsError.js';

/** An object of the DICOM JSON model (PS3.18, annex F), by tag, e.g. `0020000D`. Not trusted. */
export type DicomJson = Readonly<Record<string, unknown>>;

/** @throws PacsError if the body is not a JSON list of objects */
export function parseDicomJson(contentType: string, body: Buffer): DicomJson[] {
  if (!/^application\/(dicom\+)?json\s*(;|$)/i.test(contentType)) throw bad('is not DICOM JSON');
  const parsed = parse(body);
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (!list.every(isObject)) throw bad('is not a list of objects');
  return list;
}

/** Values of an attribute that are texts or numbers, as text; none if it is absent. */
export function textsOf(item: DicomJson, tag: string): string[] {
  return valuesOf(item, tag).flatMap((value) =>
    typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : [],
  );
}

/** The items of a sequence. */
export function itemsOf(item: DicomJson, tag: string): DicomJson[] {
  return valuesOf(item, tag).filter(isObject);
}

/** Also what may be put into a path. */
export function isUid(text: string | undefined): text is string {
  return text !== undefined && /^\d[\d.]{0,63}$/.test(text) && !text.includes('..');
}

function valuesOf(item: DicomJson, tag: string): unknown[] {
  const attribute = Object.hasOwn(item, tag) ? item[tag] : undefined;
  return isObject(attribute) && Array.isArray(attribute['Value']) ? attribute['Value'] : [];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // The cause would quote the answer.
    throw bad('is not JSON');
  }
}

function isObject(value: unknown): value is DicomJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(what: string): PacsError {
  return new PacsError('bad-answer', `The answer ${what}.`);
}
