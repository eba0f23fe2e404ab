import { createHash, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { guessableBecause, unitOf } from '../guessable/index.js';
import { AccountError } from './account.js';

/** argon2id (the library's default) with the memory that OWASP recommends first, and one more pass. */
const cost = { memoryCost: 19_456, timeCost: 3, parallelism: 1 };

const minLength = 12;
/** Nothing longer is a password; hashing it would invite denial of service. */
const maxLength = 256;

/** With fewer different characters, it's the same key pressed over and over. */
const fewestCharacters = 4;

/**
 * The hash of a new password, in Unicode's NFC, so that text that looks the same is the same however it was typed.
 *
 * @throws AccountError `bad-password` if it is too short, too long or too easy to guess.
 */
export async function hashPassword(password: string, name: string): Promise<string> {
  const { length } = password;
  if (length < minLength || length > maxLength)
    throw weak(`a password must have ${minLength} to ${maxLength} characters; this one has ${length}`);
  const text = password.toLowerCase();
  if (new Set(text).size < fewestCharacters)
    throw weak(`a password must have at least ${fewestCharacters} different characters`);
  if (unitOf(text).length < minLength && unitOf(text) !== text)
    throw weak('a password must not be a shorter text, repeated');
  const reason = guessableBecause(password, name);
  if (reason !== undefined) throw weak(`a password must not ${reason}`);
  return inTurn(() => hash(password.normalize('NFC'), cost));
}

/** Takes as long for an account that doesn't exist (undefined) as for one that does. */
export async function isPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
  const nobodys = await (nobodysHash ??= inTurn(() => hash(randomBytes(16), cost)));
  const isRight = (text: string) => inTurn(() => verify(passwordHash ?? nobodys, text.slice(0, maxLength + 1)));
  const composed = password.normalize('NFC');
  // Older hashes were made of the text as it was typed.
  const right = (await isRight(composed)) || (composed !== password && (await isRight(password)));
  return right && passwordHash !== undefined;
}

function weak(message: string): AccountError {
  return new AccountError('bad-password', message);
}

/** Different each time a password is set, even to the same one. */
export function proofOf(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('base64url');
}

let nobodysHash: Promise<string> | undefined;

/** At most two hashes at once: they share four threads with file access and name lookups, and each takes 19 MiB. */
const atOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running === atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}
