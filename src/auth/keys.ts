import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner } from 'fast-jwt';
import { unlessMissing, unlessPresent } from '../fileErrors.js';
import type { TokenClaims } from './account.js';

/** The keys that sign tokens (HS256), and what a valid token looks like. */
export interface Keys {
  sign(claims: TokenClaims): string;
  /** The secret of a key id (the header's `kid`, whatever was sent as that); undefined if it isn't one of ours. */
  keyOf(kid: unknown): string | undefined;
  /** For @fastify/jwt's `verify`: algorithm, issuer, claims and age are pinned. */
  readonly verify: {
    readonly algorithms: ['HS256'];
    readonly allowedIss: string;
    readonly requiredClaims: string[];
    /** In milliseconds. */
    readonly maxAge: number;
  };
}

/** Where keys come from: the environment, or a folder in which one is made at the first start. */
export type KeySource = ({ readonly dataDir: string } | { readonly jwtSecret: string }) & {
  /** Earlier secrets: their tokens stay valid until they expire or are revoked. */
  readonly previousJwtSecrets?: readonly string[];
};

export const issuer = 'lesion-detector';

/** No token is valid for longer, whatever it says. */
export const maxTokenLifetimeS = 3 * 366 * 24 * 60 * 60;

const minSecretBytes = 32;

/** Throws if a secret is shorter than 32 bytes, or others can read its file. */
export async function loadKeys(source: KeySource): Promise<Keys> {
  const current = 'dataDir' in source ? await secretIn(source.dataDir) : checked(source.jwtSecret, 'the JWT secret');
  const previous = source.previousJwtSecrets ?? [];
  const kid = keyId(current);
  for (const secret of previous) checked(secret, 'a previous JWT secret');
  // A Map, since a token may name any key, even `__proto__`.
  const secrets = new Map([...previous, current].map((secret) => [keyId(secret), secret]));
  const signer = createSigner({ key: current, algorithm: 'HS256', kid });
  return {
    sign: (claims) => signer({ ...claims }),
    keyOf: (id) => (typeof id === 'string' ? secrets.get(id) : undefined),
    verify: {
      algorithms: ['HS256'],
      allowedIss: issuer,
      requiredClaims: ['iss', 'sub', 'role', 'jti', 'iat', 'exp'],
      maxAge: maxTokenLifetimeS * 1000,
    },
  };
}

/** Names a secret without revealing it. */
function keyId(secret: string): string {
  return createHmac('sha256', secret).update('key id').digest('hex').slice(0, 16);
}

function checked(secret: string, what: string): string {
  const size = Buffer.byteLength(secret);
  if (size < minSecretBytes)
    throw new Error(
      `${what} has ${size} bytes; it must have at least ${minSecretBytes}, e.g. from \`openssl rand -base64 32\``,
    );
  return secret;
}

async function secretIn(dataDir: string): Promise<string> {
  const path = join(dataDir, 'jwt-secret');
  return (await readSecret(path)) ?? makeSecret(dataDir, path);
}

async function readSecret(path: string): Promise<string | undefined> {
  const file = await open(path).catch(unlessMissing);
  if (file === undefined) return undefined;
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0)
      throw new Error(
        `${path} can be read by users other than its owner: \`chmod 600 ${path}\`, and replace it if someone may ` +
          'have read it',
      );
    return checked((await file.readFile('utf8')).trim(), path);
  } finally {
    await file.close();
  }
}

/** Written to another name and linked into place: whole or not at all, and the first of several processes wins. */
async function makeSecret(dataDir: string, path: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const making = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(making, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(making, path).catch(unlessPresent);
  } finally {
    await rm(making);
  }
  const secret = await readSecret(path);
  if (secret === undefined) throw new Error(`${path} vanished`);
  return secret;
}
