import { nameOf } from './sopClass.js';

const image = '1.2.840.10008.5.1.4.1.1';
/** Presentation states, reports and key objects, documents, and the directory of a CD. */
const classes = [`${image}.11`, `${image}.88`, `${image}.104`, '1.2.840.10008.1.3.10'];

/**
 * The kind of a DICOM file that holds no picture by its Media Storage SOP Class UID (0002,0002), in words: a folder
 * that a PACS exports holds such files beside its films. Undefined for any other file.
 *
 * @param bytes at least the first 512 of the file
 */
export function pictureless(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1', 128);
  const uid = start.startsWith('DICM') ? /\x02\0\x02\0UI[^]{2}([\d.]+)/.exec(start)?.[1] : undefined;
  const isOne = uid !== undefined && classes.some((prefix) => uid === prefix || uid.startsWith(`${prefix}.`));
  return isOne ? nameOf(uid) : undefined;
}
