import { Problem } from './errors/problems.js';

/**
 * Text from outside, byte for byte what its sender meant. Nothing is replaced: two names that differ in a damaged byte
 * would become one patient.
 *
 * @param what begins the message, e.g. `The field "patientRef"`.
 * @param charset a part's own; UTF-8 unless it says otherwise.
 * @throws Problem `bad-parameter` if the bytes are no text in this character set.
 */
export function textOf(bytes: Uint8Array, what: string, charset = 'utf-8'): string {
  if (/^(iso-?8859-1|iso_8859-1(:1987)?|latin-?1)$/i.test(charset)) return Buffer.from(bytes).toString('latin1');
  let decoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  } catch (cause) {
    throw new Problem('bad-parameter', `${what} is in a character set that is not known here.`, { cause });
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const named = decoder.encoding === 'utf-8' ? 'UTF-8' : decoder.encoding;
    throw new Problem('bad-parameter', `${what} is not ${named}.`, { cause });
  }
}

/** Whether every text in a JSON value, names included, is whole: half of a surrogate pair is no character. */
export function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isWhole(name) && isWhole(member));
}
