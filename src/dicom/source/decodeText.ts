import { encodings } from '../../imaging/dicom/characterSets.js';

interface Coding {
  readonly encoding: string;
  /** A set of two bytes in the lower half: nothing in it is a delimiter. */
  readonly lowerHalf?: 'jisx0208' | 'jisx0212';
}

const ascii: Coding = { encoding: 'utf-8' };

/** What follows an escape character, and what it switches on (PS3.3, tables C.12-3 and C.12-4). */
const escapes: readonly (readonly [sequence: string, coding: Coding])[] = [
  ['(B', ascii],
  ['(J', ascii],
  [')I', { encoding: 'shift_jis' }],
  ['$B', { encoding: 'euc-jp', lowerHalf: 'jisx0208' }],
  ['$(D', { encoding: 'euc-jp', lowerHalf: 'jisx0212' }],
  ['$)C', { encoding: 'euc-kr' }],
  ['$)A', { encoding: 'gbk' }],
  ['-A', { encoding: 'iso-8859-1' }],
  ['-B', { encoding: 'iso-8859-2' }],
  ['-C', { encoding: 'iso-8859-3' }],
  ['-D', { encoding: 'iso-8859-4' }],
  ['-L', { encoding: 'iso-8859-5' }],
  ['-G', { encoding: 'iso-8859-6' }],
  ['-F', { encoding: 'iso-8859-7' }],
  ['-H', { encoding: 'iso-8859-8' }],
  ['-M', { encoding: 'iso-8859-9' }],
  ['-T', { encoding: 'windows-874' }],
];

const escape = 0x1b;
const delimiters: ReadonlySet<number> = new Set(Array.from('^=\\\r\n\t\f', (c) => c.charCodeAt(0)));

/**
 * A text of LO, SH or PN in a file with these character sets (0008,0005); undefined if it has a set or a byte that
 * isn't known, so that nobody's name is guessed.
 */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[]): string | undefined {
  const [first = ''] = characterSets;
  const initial = encodings[first.replace(/^ISO 2022 IR/, 'ISO_IR')] ?? (first === '' ? 'utf-8' : undefined);
  if (initial === undefined) return bytes.every((byte) => byte < 0x80 && byte !== escape) ? latin1(bytes) : undefined;
  if (characterSets.length <= 1 && !bytes.includes(escape)) return decoded(bytes, { encoding: initial });
  return extended(bytes, { encoding: initial });
}

/** With code extensions (PS3.5, section 6.1.2.5): the first set holds again after each delimiter. */
function extended(bytes: Uint8Array, initial: Coding): string | undefined {
  let coding = initial;
  let start = 0;
  let text = '';
  for (let i = 0; i <= bytes.length; i++) {
    const byte = bytes[i];
    const isDelimiter = byte !== undefined && coding.lowerHalf === undefined && delimiters.has(byte);
    if (byte !== undefined && byte !== escape && !isDelimiter) continue;
    const piece = decoded(bytes.subarray(start, i), coding);
    if (piece === undefined) return undefined;
    text += piece;
    start = i;
    if (isDelimiter) coding = initial;
    if (byte !== escape) continue;
    const rest = latin1(bytes.subarray(i + 1, i + 4));
    const [sequence, next] = escapes.find(([each]) => rest.startsWith(each)) ?? [];
    if (sequence === undefined || next === undefined) return undefined;
    // Escapes of the upper half leave the lower one as it is, which is ASCII in every set here.
    coding = next === ascii ? initial : next;
    start = i + 1 + sequence.length;
  }
  return text;
}

function decoded(bytes: Uint8Array, { encoding, lowerHalf }: Coding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(raised(bytes, lowerHalf));
  } catch {
    return undefined;
  }
}

/** Pairs of the lower half as EUC-JP has them: in the upper half, those of JIS X 0212 behind a byte 8F. */
function raised(bytes: Uint8Array, set: Coding['lowerHalf']): Uint8Array {
  if (set === undefined) return bytes;
  const upper = bytes.map((byte) => byte | 0x80);
  if (set === 'jisx0208') return upper;
  return Uint8Array.from({ length: Math.floor(upper.length / 2) * 3 }, (_, i) =>
    i % 3 === 0 ? 0x8f : (upper[Math.floor(i / 3) * 2 + (i % 3) - 1] ?? 0),
  );
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
