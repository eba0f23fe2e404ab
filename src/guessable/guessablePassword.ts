import { isCommon } from './commonPasswords.js';
import { piecesOf } from './pieces.js';
import { unitOf } from './unit.js';

/** What people at this service's sites think of first. */
const serviceWords = new Set([
  ...['lesiondetector', 'lesion', 'lesions', 'detector', 'detection', 'detections', 'cxropacity', 'opacity'],
  ...['radiology', 'radiologist', 'hospital', 'chestxray', 'xray', 'operator', 'reader', 'submitter', 'research'],
]);

/** So many other characters before and behind a word add too little to it. */
const fewAround = 6;
const fewestPieces = 4;

/**
 * Why a password is easy to guess, to follow "a password must not …"; undefined if it isn't. As NIST SP 800-63B asks:
 * common passwords, repetitions, sequences, and the names of account and service with little added, in any case and
 * with `0` for `o` and the like. The text as a whole is judged: such a part of a longer one does no harm.
 */
export function guessableBecause(password: string, name: string): string | undefined {
  const text = folded(password);
  if (text === folded(name) || isWordOf(text, (word) => word === lettersOf(folded(name))))
    return 'be the name of its account, or that with little added';
  if (isWordOf(text, (word) => serviceWords.has(word))) return 'be a word from around this service with little added';
  if (piecesOf(text) < fewestPieces) return 'follow the keyboard, the alphabet or the digits';
  if (isCommon(text) || isWordOf(text, isCommon))
    return 'be a common one, or a common word with little added: try four words with nothing in common';
  return undefined;
}

/** Whether a text is one such word, forwards or backwards, again and again, with little before and behind it. */
function isWordOf(text: string, isSuch: (word: string) => boolean): boolean {
  return [text, withLetters(text, outerLetters)].some((variant) => {
    const core = variant.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
    const around = variant.length - core.length;
    if (core === '' || (around > fewAround && piecesOf(withoutCore(variant, core)) >= fewestPieces)) return false;
    return [core, withLetters(core, innerLetters)]
      .map((word) => unitOf(lettersOf(word)))
      .some((word) => isSuch(word) || isSuch(Array.from(word).reverse().join('')));
  });
}

function withoutCore(text: string, core: string): string {
  const at = text.indexOf(core);
  return text.slice(0, at) + text.slice(at + core.length);
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}]/gu, '');
}

/** At either end of a word, digits are digits. */
const outerLetters = new Map(Object.entries({ '@': 'a', $: 's' }));
const innerLetters = new Map([...outerLetters, ...Object.entries({ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' })]);

function withLetters(text: string, letters: ReadonlyMap<string, string>): string {
  return Array.from(text, (character) => letters.get(character) ?? character).join('');
}
