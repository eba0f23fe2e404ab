import { FilmError } from '../film.js';
import type { Attributes } from './attributes.js';
import { broken, printable } from './refusals.js';
import { tags } from './tags.js';

const root = '1.2.840.10008.5.1.4.1.1';

/** Classes of films: one projection, taken by X-rays (PS3.4, table B.5-1). */
const films: ReadonlySet<string> = new Set([`${root}.1`, `${root}.1.1`, `${root}.1.1.1`]);

const secondaryCaptures: ReadonlySet<string> = new Set([
  `${root}.7`,
  `${root}.7.1`,
  `${root}.7.2`,
  `${root}.7.3`,
  `${root}.7.4`,
]);

/** Others that occur in a chest study or a PACS, by their common names. */
const otherNames: readonly (readonly [prefix: string, name: string])[] = [
  [`${root}.1.2`, 'Digital Mammography X-Ray Image'],
  [`${root}.1.3`, 'Digital Intra-Oral X-Ray Image'],
  [`${root}.2`, 'CT Image'],
  [`${root}.4`, 'MR Image'],
  [`${root}.3`, 'Ultrasound Multi-frame Image'],
  [`${root}.6`, 'Ultrasound Image'],
  [`${root}.11`, 'Presentation State'],
  [`${root}.12`, 'X-Ray Angiographic or Fluoroscopic Image'],
  [`${root}.13`, 'X-Ray 3D or Breast Tomosynthesis Image'],
  [`${root}.20`, 'Nuclear Medicine Image'],
  [`${root}.66`, 'Segmentation, Registration or Raw Data'],
  [`${root}.77`, 'Visible Light Image'],
  [`${root}.88`, 'Structured Report or Key Object Selection'],
  [`${root}.104`, 'Encapsulated Document'],
  [`${root}.128`, 'PET Image'],
  [`${root}.481`, 'Radiotherapy object'],
  ['1.2.840.10008.1.3.10', 'DICOMDIR'],
];

/** Modalities that may go with a film's class. */
const filmModalities: ReadonlySet<string> = new Set(['CR', 'DX', 'RG']);

/**
 * Refuses anything but films, by name.
 *
 * @param secondaryCapture whether to accept secondary captures (pictures of films, or of anything else) as well
 * @returns whether it is a secondary capture
 * @throws FilmError
 */
export function assertFilm(attributes: Attributes, secondaryCapture: boolean): boolean {
  const uid = attributes.text(tags.sopClassUid);
  if (uid === undefined) throw broken('it names no SOP class (0008,0016)');
  if (secondaryCaptures.has(uid)) {
    if (secondaryCapture) return true;
    throw notAFilm('Secondary Capture Image', ' An operator can allow them: DICOM_SECONDARY_CAPTURE=true.');
  }
  if (!films.has(uid)) throw notAFilm(nameOf(uid));
  const modality = attributes.text(tags.modality);
  if (modality !== undefined && !filmModalities.has(modality))
    throw notAFilm(/^[A-Z]{2,12}$/.test(modality) ? `image of the modality ${modality}` : 'image of another modality');
  return false;
}

/** What objects of a SOP class are, in words. */
export function nameOf(uid: string): string {
  const known = otherNames.find(([prefix]) => uid === prefix || uid.startsWith(`${prefix}.`));
  return known === undefined ? `object of the SOP class ${printable(uid)}` : `${known[1]} (${printable(uid)})`;
}

/** Refuses an object by its kind. */
export function notAFilm(what: string, hint = ''): FilmError {
  return new FilmError(
    'unsupported-image',
    `The DICOM file holds no film but this: ${what}. Only Computed Radiography and Digital X-Ray images are ` +
      `read.${hint}`,
  );
}
