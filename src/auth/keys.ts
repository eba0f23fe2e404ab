import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, type VerifierOptions } from 'fast-jwt';
import type { TokenClaims } from './account.js';

/** The keys that sign tokens (HS256), and how a token must look to be believed. */
export interface Keys {
  sign(claims: TokenClaims): string;
  /**
   * The secret for a decoded token, for @fastify/jwt’s `secret`.
   * Rejects with an error of statusCode 401 when the key is not one of ours.
   */
  readonly secret: (request: unknown, token: unknown) => Promise<string>;
  /** For @fastify/jwt’s `verify`: algorithm, issuer, claims and age are pinned. */
  readonly verify: Pick<VerifierOptions, 'algorithms' | 'allowedIss' | 'requiredClaims' | 'maxAge'>;
}

/** Where keys come from: a folder, in which one is made on the first start, or the environment. */
export type KeySource =
  | { readonly dataDir: string }
  | {
      readonly jwtSecret: string;
      /** Secrets that signed before: their tokens stay good until they expire or are revoked. */
      readonly previousJwtSecrets?: readonly string[];
    };

export const issuer = 'lesion-detector';

/** No token lives longer, whatever it says. */
export const maxTokenLifetimeS = 3 * 366 * 24 * 60 * 60;

const minSecretBytes = 32;

/** Throws when a secret is shorter than 32 bytes, or its file can be read by others. */
export async function loadKeys(source: KeySource): Promise<Keys> {
  const current = 'dataDir' in source ? await secretIn(source.dataDir) : checked(source.jwtSecret, 'the JWT secret');
  const previous = 'dataDir' in source ? [] : (source.previousJwtSecrets ?? []);
  const kid = keyId(current);
  // A Map: a token may name any key, `__proto__`, too.
  const secrets = new Map([...previous.map((secret) => checked(secret, 'a previous JWT secret')), current].map((secret) => [keyId(secret), secret]));
  const signer = createSigner({ key: current, algorithm: 'HS256', kid });
  return {
    sign: (claims) => signer({ ...claims }),
    secret: (_request, token) => {
      const secret = secrets.get(kidOf(token) ?? '');
      return secret === undefined ? Promise.reject(new UnknownKey('the token was signed with a key that is not ours')) : Promise.resolve(secret);
    },
    verify: {
      algorithms: ['HS256'],
      allowedIss: [issuer],
      requiredClaims: ['iss', 'sub', 'role', 'jti', 'iat', 'exp'],
      maxAge: maxTokenLifetimeS * 1000,
    },
  };
}

class UnknownKey extends Error {
  override readonly name = 'UnknownKey';
  readonly statusCode = 401;
}

/** Names a secret without telling it. */
function keyId(secret: string): string {
  return createHmac('sha256', secret).update('key id').digest('hex').slice(0, 16);
}

/** @fastify/jwt gives the decoded token or, without `decode: { complete: true }`, its header alone. */
function kidOf(token: unknown): string | undefined {
  if (typeof token !== 'object' || token === null) return undefined;
  const header = 'header' in token ? token.header : token;
  return typeof header === 'object' && header !== null && 'kid' in header && typeof header.kid === 'string' ? header.kid : undefined;
}

function checked(secret: string, what: string): string {
  const size = Buffer.byteLength(secret);
  if (size < minSecretBytes) throw new Error(`${what} has ${size} bytes; it must have at least ${minSecretBytes}, e.g. from \`openssl rand -base64 32\``);
  return secret;
}

async function secretIn(dataDir: string): Promise<string> {
  const path = join(dataDir, 'jwt-secret');
  return (await readSecret(path)) ?? makeSecret(dataDir, path);
}

async function readSecret(path: string): Promise<string | undefined> {
  const file = await open(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) throw new Error(`${path} can be read by others than its owner: \`chmod 600 ${path}\`, and replace it if someone may have read it`);
    return checked((await file.readFile('utf8')).trim(), path);
  } finally {
    await file.close();
  }
}

/** Written beside its place and linked there: whole or not at all, and the first of several processes wins. */
async function makeSecret(dataDir: string, path: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const making = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(making, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(making, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(making);
  }
  const secret = await readSecret(path);
  if (secret === undefined) throw new Error(`${path} vanished`);
  return secret;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
