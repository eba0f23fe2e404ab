import { FormatError } from './fault.js';

/**
 * Text of a file: UTF-8, or UTF-16 if a byte order mark says so (as Windows tools write it); the mark is removed.
 * Throws FormatError with the line of the first byte that isn't UTF-8: a garbled name would be a missing film.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FormatError({ file, line: lineOfBadByte(bytes) }, 'the text is not UTF-8; save it as UTF-8', {
      cause: error,
    });
  }
}

function lineOfBadByte(bytes: Uint8Array): number {
  const replaced = new TextDecoder('utf-8').decode(bytes);
  const at = replaced.indexOf('\uFFFD');
  return replaced.slice(0, Math.max(at, 0)).split('\n').length;
}

/** Lines with their numbers from 1, whatever their line ends; blank ones are left out. */
export function numberedLines(text: string): { text: string; line: number }[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((each, i) => ({ text: each, line: i + 1 }))
    .filter((each) => each.text.trim() !== '');
}
