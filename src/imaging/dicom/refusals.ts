import { FilmError } from '../film.js';

/** The file ends too early, or says what can't be. `why` never holds a value of the file: it may point to a patient. */
export function broken(why: string): FilmError {
  return new FilmError('broken-image', `The DICOM file is damaged: ${why}.`);
}

/** @param name of a transfer syntax that PS3.6 has */
export function refusedSyntax(uid: string, name: string | undefined): FilmError {
  const what = name === undefined ? `unknown (${printable(uid)})` : `${name} (${uid}), which is not read here`;
  return new FilmError(
    'unsupported-image',
    `The transfer syntax of the DICOM file is ${what}. Send it as Explicit VR Little Endian or as JPEG 2000 or ` +
      'JPEG-LS lossless: dcmconv, dcmdjpeg or the PACS can convert it.',
  );
}

/** What should be a UID, fit for a message. */
export function printable(uid: string): string {
  return /^[\d.]{1,64}$/.test(uid) ? uid : 'not a UID';
}
