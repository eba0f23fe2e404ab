import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { readFileSync } from 'node:fs';
import { PacsError } from './pacsError.js';
import type { Source } from '../sources/source.js';

/** Where requests of a source go, and with whose credentials. */
export interface Endpoint {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly agent: HttpAgent | HttpsAgent;
  /** For one whole exchange, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** Read anew for each request, so that a rotated secret needs no restart. Undefined if none is needed. */
  authorization(): Promise<string | undefined>;
  close(): void;
}

/** Reads the certificates; throws if one of them can't be read. */
export function openEndpoint({ url, auth, tls, timeoutSeconds }: Source): Endpoint {
  const connections = { keepAlive: true, maxSockets: 8 };
  const agent = url.startsWith('https:')
    ? new HttpsAgent({
        ...connections,
        minVersion: 'TLSv1.2',
        ...(tls?.caFile === undefined ? {} : { ca: readFileSync(tls.caFile) }),
        ...(tls?.certificateFile === undefined ? {} : { cert: readFileSync(tls.certificateFile) }),
        ...(tls?.keyFile === undefined ? {} : { key: readFileSync(tls.keyFile) }),
      })
    : new HttpAgent(connections);
  return {
    baseUrl: url.replace(/\/+$/, ''),
    agent,
    timeoutMs: timeoutSeconds * 1000,
    authorization: () => authorizationOf(auth),
    close: () => {
      agent.destroy();
    },
  };
}

async function authorizationOf(auth: Source['auth']): Promise<string | undefined> {
  if (auth === undefined) return undefined;
  if ('tokenFile' in auth) return `Bearer ${await secretIn(auth.tokenFile)}`;
  const { user, passwordFile } = auth;
  return `Basic ${Buffer.from(`${user}:${await secretIn(passwordFile)}`).toString('base64')}`;
}

async function secretIn(path: string): Promise<string> {
  const secret = await readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  if (secret === '') throw new PacsError('unauthorised', "The source's password or token file is gone or empty.");
  return secret;
}
