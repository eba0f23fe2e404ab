import type { Attributes } from '../../imaging/dicom/attributes.js';
import { readDataSet } from '../../imaging/dicom/readDataSet.js';
import { decodeText } from './decodeText.js';
import { readGreyLevels } from './readGreyLevels.js';
import type { SourceInstance } from './sourceInstance.js';

/** No object can be written about a film with this file. The message holds no value of the file. */
export class SourceInstanceError extends Error {
  override readonly name = 'SourceInstanceError';
}

const uids = {
  sopClassUid: ['x00080016', 'SOP Class UID'],
  sopInstanceUid: ['x00080018', 'SOP Instance UID'],
  seriesInstanceUid: ['x0020000e', 'Series Instance UID'],
  studyInstanceUid: ['x0020000d', 'Study Instance UID'],
} as const;

/** In any character set that the file names. */
const texts = {
  patientId: 'x00100020',
  issuerOfPatientId: 'x00100021',
  patientName: 'x00100010',
  studyId: 'x00200010',
  studyDescription: 'x00081030',
  accessionNumber: 'x00080050',
  referringPhysicianName: 'x00080090',
} as const;

/** In ASCII, in these forms: what has another is left out. */
const codes = {
  patientBirthDate: ['x00100030', /^\d{8}$/],
  patientSex: ['x00100040', /^[A-Z0-9_ ]{1,16}$/],
  studyDate: ['x00080020', /^\d{8}$/],
  studyTime: ['x00080030', /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/],
  bodyPartExamined: ['x00180015', /^[A-Z0-9_ ]{1,16}$/],
} as const;

/**
 * What objects about a film must know of its file.
 *
 * @param bytes a DICOM Part 10 file
 * @param mostInflatedBytes limit for a deflated file
 * @throws FilmError if the file can't be read
 * @throws SourceInstanceError if a UID is missing, or the patient's ID is in an unknown character set: an object
 *   without it would be filed with another patient
 */
export function readSourceInstance(bytes: Uint8Array, mostInflatedBytes: number): SourceInstance {
  const { attributes } = readDataSet(bytes, mostInflatedBytes);
  const characterSets = attributes.texts('x00080005');
  const patientId = attributes.value(texts.patientId);
  const known = {
    ...present(texts, (tag) => textOf(attributes, tag, characterSets)),
    ...present(codes, ([tag, form]) => matching(attributes.text(tag), form)),
  };
  if (known.patientId === undefined && patientId?.some((byte) => byte > 0x20))
    throw new SourceInstanceError("The Patient ID is in a character set that isn't known here.");
  const greyLevels = readGreyLevels(attributes);
  return {
    sopClassUid: uidOf(attributes, 'sopClassUid'),
    sopInstanceUid: uidOf(attributes, 'sopInstanceUid'),
    seriesInstanceUid: uidOf(attributes, 'seriesInstanceUid'),
    studyInstanceUid: uidOf(attributes, 'studyInstanceUid'),
    ...known,
    ...(greyLevels && { greyLevels }),
  };
}

/** The values that are there, by the names of their tags. */
function present<Name extends string, Tag>(
  tags: Readonly<Record<Name, Tag>>,
  read: (tag: Tag) => string | undefined,
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name in tags) {
    const value = read(tags[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function uidOf(attributes: Attributes, name: keyof typeof uids): string {
  const [tag, title] = uids[name];
  const uid = matching(attributes.text(tag), /^\d[\d.]{0,63}$/);
  if (uid === undefined) throw new SourceInstanceError(`The DICOM file has no valid ${title}.`);
  return uid;
}

function textOf(attributes: Attributes, tag: string, characterSets: readonly string[]): string | undefined {
  const bytes = attributes.value(tag);
  if (bytes === undefined || bytes.length > 1024) return undefined;
  return decodeText(bytes, characterSets)?.replace(/^[ \0]+|[ \0]+$/g, '') || undefined;
}

function matching(text: string | undefined, form: RegExp): string | undefined {
  return text !== undefined && form.test(text) ? text : undefined;
}
