import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../answers.js';
import type { SoakFilm } from './films.js';
import type { Target } from './target.js';

/** The outcome of one film, after all its resends. */
export interface Outcome {
  /** Number of the request; its externalId in the log. */
  readonly n: number;
  readonly film: number;
  readonly keyed: boolean;
  /** Of the last answer; 0 if there was none. */
  readonly status: number;
  /** Of the report, if there is one. */
  readonly id: string | undefined;
  /** SHA-256 of the answered text. */
  readonly digest: string;
  readonly requests: number;
  /** Milliseconds of performance.now(): first failure, and the answer that ended the resends. */
  readonly resent: { readonly from: number; readonly to: number } | undefined;
}

export interface Load {
  readonly clients: number;
  /** Whether to send another film. */
  readonly more: (sent: number) => boolean;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Every third film goes without a key and is not sent again. */
const isKeyed = (n: number): boolean => n % 3 !== 0;

/** Clients that send one film after another, and send a keyed one again until it is answered. */
export async function soak(target: Target, films: readonly SoakFilm[], load: Load): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.clients });
  const authorization = `Bearer ${target.token}`;
  let sent = 0;
  const client = async () => {
    while (load.more(sent)) load.onOutcome(await oneFilm(sent++, target, films, agent, authorization));
  };
  await Promise.all(Array.from({ length: load.clients }, client));
  agent.destroy();
}

/** After this long without its report, a keyed film is given up. */
const patienceMs = 600_000;

async function oneFilm(
  n: number,
  target: Target,
  films: readonly SoakFilm[],
  agent: Agent,
  authorization: string,
): Promise<Outcome> {
  const film = n % films.length;
  const keyed = isKeyed(n);
  const headers = {
    authorization,
    'content-type': 'application/octet-stream',
    'x-external-id': `soak-${n}`,
    ...(keyed ? { 'idempotency-key': `soak-${n}` } : {}),
  };
  const bytes = films[film]?.bytes ?? Buffer.alloc(0);
  let from: number | undefined;
  for (let requests = 1; ; requests++) {
    const { status, text } = await post(`${target.base()}/v1/detections`, agent, headers, bytes);
    const now = performance.now();
    const again = status === 0 || status === 409 || status === 429 || status === 503;
    if (again) {
      from ??= now;
      // A service that refuses answers at once: without a pause, 16 clients would do nothing but retry.
      await pause(100);
    }
    if (again && keyed && now - (from ?? now) < patienceMs) continue;
    const resent = from === undefined || !keyed ? undefined : { from, to: now };
    const digest = createHash('sha256').update(text).digest('hex');
    return { n, film, keyed, status, id: idIn(text), digest, requests, resent };
  }
}

/** `id` of a report, `detectionId` of a problem. */
function idIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const id = isRecord(answer) ? (answer['id'] ?? answer['detectionId']) : undefined;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

function post(
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const noAnswer = () => {
      resolve({ status: 0, text: '' });
    };
    const sending = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': body.byteLength } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          if (response.complete) resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
          else noAnswer();
        });
        response.on('error', noAnswer);
      },
    );
    sending.on('error', noAnswer);
    sending.setTimeout(60_000, () => sending.destroy());
    sending.end(body);
  });
}
