import { piecesOf } from './pieces.js';
import { unitOf } from './unit.js';

const fewestCharacters = 8;
const fewestPieces = 16;

/**
 * Whether a secret that no person has to remember was made up by one: few different characters, a shorter text
 * repeated, or the alphabet and the like. However long, it's worth far less than its length.
 */
export function isGuessableSecret(secret: string): boolean {
  const text = secret.toLowerCase();
  return new Set(text).size < fewestCharacters || unitOf(text) !== text || piecesOf(text) < fewestPieces;
}
