/** What fingers and children say in order; digits and letters go round. */
const rows = [
  '12345678901234567890',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
  'qwertyuiop[]',
  'qwertzuiopü',
  'azertyuiop',
  'asdfghjkl;',
  'zxcvbnm,./',
  'yxcvbnm',
  '!@#$%^&*()_+',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
].flatMap((row) => [row, Array.from(row).reverse().join('')]);

const shortestRun = 3;

/**
 * Of how many pieces a text is: each run along the keyboard, the alphabet or the digits, and of one character again and
 * again, is one piece, and so is each other character.
 *
 * @example
 * piecesOf('qwerty123456!'); // 3
 */
export function piecesOf(text: string): number {
  let pieces = 0;
  for (let at = 0; at < text.length; pieces++) at += runAt(text, at);
  return pieces;
}

/** Characters of the longest run that begins here; 1 if it's too short to be one. */
function runAt(text: string, at: number): number {
  const first = text.charAt(at);
  const repeated = sharedLength(text, at, first.repeat(text.length - at), 0);
  const alongRows = rows.flatMap((row) => placesOf(row, first).map((place) => sharedLength(text, at, row, place)));
  const longest = Math.max(repeated, ...alongRows);
  return longest < shortestRun ? 1 : longest;
}

function placesOf(row: string, character: string): readonly number[] {
  return Array.from(row).flatMap((each, place) => (each === character ? [place] : []));
}

function sharedLength(text: string, at: number, row: string, place: number): number {
  let length = 0;
  while (at + length < text.length && text.charAt(at + length) === row.charAt(place + length)) length++;
  return length;
}
