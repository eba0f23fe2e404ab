import { FilmError } from '../film.js';

/** The file is truncated or contradicts itself. `why` never holds a value of the file, which may point to a patient. */
export function broken(why: string): FilmError {
  return new FilmError('broken-image', `The DICOM file is damaged: ${why}.`);
}

/** @param name of a transfer syntax listed in PS3.6 */
export function refusedSyntax(uid: string, name: string | undefined): FilmError {
  const what = name === undefined ? `unknown (${printable(uid)})` : `${name} (${uid}), which is not read here`;
  return new FilmError(
    'unsupported-image',
    `The transfer syntax of the DICOM file is ${what}. Send it as Explicit VR Little Endian or as JPEG 2000 or ` +
      'JPEG-LS lossless: dcmconv, dcmdjpeg or the PACS can convert it.',
  );
}

/** A supposed UID, made safe for a message. */
export function printable(uid: string): string {
  return /^[\d.]{1,64}$/.test(uid) ? uid : 'not a UID';
}
