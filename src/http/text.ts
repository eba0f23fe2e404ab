import { Problem } from './errors/problems.js';

/**
 * Text from outside, exactly as its sender meant it. Damaged bytes are refused, not replaced: two names that differ in
 * one would become the same patient.
 *
 * @param what begins the message, e.g. `The field "patientRef"`.
 * @param charset the part's own; UTF-8 if it names none.
 * @throws Problem `bad-parameter` if the bytes aren't valid text in this character set.
 */
export function textOf(bytes: Uint8Array, what: string, charset = 'utf-8'): string {
  if (/^(iso-?8859-1|iso_8859-1(:1987)?|latin-?1)$/i.test(charset)) return Buffer.from(bytes).toString('latin1');
  if (/^(us-)?ascii$/i.test(charset) && bytes.some((byte) => byte > 0x7f))
    throw new Problem('bad-parameter', `${what} is not ASCII.`);
  let decoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  } catch (cause) {
    throw new Problem('bad-parameter', `${what} is in an unknown character set.`, { cause });
  }
  try {
    const text = decoder.decode(bytes);
    return decoder.encoding === 'windows-1252' ? text.replace(/[\x80-\x9f]/g, windows1252LetterOf) : text;
  } catch (cause) {
    const named = decoder.encoding === 'utf-8' ? 'UTF-8' : decoder.encoding;
    throw new Problem('bad-parameter', `${what} is not ${named}.`, { cause });
  }
}

/** 0x80 to 0x9f of windows-1252, which Node 20 reads as ISO-8859-1: there they are control characters. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function windows1252LetterOf(control: string): string {
  return windows1252[control.charCodeAt(0) - 0x80] ?? control;
}

/** Whether every text in a JSON value, names included, is free of lone surrogates. */
export function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isWhole(name) && isWhole(member));
}
