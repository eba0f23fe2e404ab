import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { appendFile, link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unlessMissing, unlessPresent } from '../../fileErrors.js';
import { verifierKey } from './note.js';

/**
 * The key that signs checkpoints: an Ed25519 key as PEM (PKCS #8), in a file that the database's owner should not be
 * able to read. Beside it lies `<file>.pub`: the verifier keys of this key and of all before it, one per line.
 */

/**
 * The key in a file. Read anew for each checkpoint, so that another key signs from then on.
 *
 * @throws Error if the file is missing, open to others, or holds no Ed25519 key
 */
export async function readLogKey(path: string): Promise<KeyObject> {
  const file = await open(path);
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0)
      throw new Error(
        `${path} can be read by users other than its owner: \`chmod 600 ${path}\`, and replace it with ` +
          '`lesion-detector log rotate-key` if someone may have read it',
      );
    return ed25519In(await file.readFile('utf8'), path);
  } finally {
    await file.close();
  }
}

/** Makes the key if there is none. Returns the text of its verifier key if it did. */
export async function ensureLogKey(path: string, origin: string): Promise<string | undefined> {
  const there = await open(path).catch(unlessMissing);
  await there?.close();
  if (there !== undefined) return undefined;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const making = await writeNewKey(path);
  try {
    // The first of several processes wins.
    await link(making, path).catch(unlessPresent);
  } finally {
    await rm(making);
  }
  return listKey(path, origin);
}

/** Puts a new key in the place of the old one, whose verifier key remains listed. Returns the new verifier key. */
export async function rotateLogKey(path: string, origin: string): Promise<string> {
  await listKey(path, origin);
  await rename(await writeNewKey(path), path);
  return listKey(path, origin);
}

async function writeNewKey(path: string): Promise<string> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(fresh, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx', flush: true });
  return fresh;
}

async function listKey(path: string, origin: string): Promise<string> {
  const { text } = verifierKey(origin, createPublicKey(await readLogKey(path)));
  const listed = (await readFile(`${path}.pub`, 'utf8').catch(unlessMissing)) ?? '';
  if (!listed.split('\n').includes(text)) await appendFile(`${path}.pub`, `${text}\n`, { flush: true });
  return text;
}

function ed25519In(pem: string, path: string): KeyObject {
  const key = privateKeyIn(pem, path);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} holds a key, but not an Ed25519 key`);
  return key;
}

function privateKeyIn(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error(`${path} holds no private key in PEM: make one with \`openssl genpkey -algorithm ed25519\``, {
      cause,
    });
  }
}
