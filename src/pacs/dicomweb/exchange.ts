import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { within } from '../within.js';
import type { Endpoint } from './endpoint.js';
import { PacsError } from './pacsError.js';

export interface PacsRequest {
  /** Below the source's base, e.g. `/studies`. Made by us: nothing of it comes from a URL in an answer. */
  readonly path: string;
  readonly accept: string;
  /** Makes it a POST. */
  readonly body?: { readonly contentType: string; readonly bytes: Buffer };
  /** Most bytes of the answer. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface PacsAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * One request and its whole answer, within the endpoint's time limit. Redirects are never followed: they would carry
 * the credentials to another host.
 *
 * @throws PacsError for anything but a status of 200 to 299 or 409 (some objects of a STOW were refused)
 */
export async function exchange(endpoint: Endpoint, request: PacsRequest): Promise<PacsAnswer> {
  const authorization = await endpoint.authorization();
  return within(endpoint.timeoutMs, request.signal, async (signal) => {
    try {
      const answer = await answerOf(send(endpoint, request, authorization, signal));
      assertAccepted(answer);
      return { ...headOf(answer), body: await bodyOf(answer, request.maxBytes) };
    } catch (error) {
      if (error instanceof PacsError) throw error;
      throw signal.aborted ? givenUp(signal.reason, endpoint) : broken(error);
    }
  });
}

function givenUp(reason: unknown, { timeoutMs }: Endpoint): PacsError {
  return reason === 'stopped'
    ? new PacsError('stopped', 'The request was given up.')
    : new PacsError('deadline', `The PACS did not answer within ${timeoutMs / 1000} s.`);
}

/** Names the code of the system or of TLS, never a text: texts may hold addresses. */
function broken(error: unknown): PacsError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'broken off';
  return new PacsError('unreachable', `The connection to the PACS failed (${code}).`, { cause: error });
}

function send(
  { baseUrl, agent }: Endpoint,
  { path, accept, body }: PacsRequest,
  authorization: string | undefined,
  signal: AbortSignal,
): ClientRequest {
  const url = new URL(`${baseUrl}${path}`);
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  const outgoing = open(url, {
    agent,
    signal,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept,
      'accept-encoding': 'identity',
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': body.contentType, 'content-length': body.bytes.length }),
    },
  });
  outgoing.end(body?.bytes);
  return outgoing;
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    // Stays for later errors too: without a listener, one after the answer would end the process.
    outgoing.on('error', reject);
  });
}

function assertAccepted(answer: IncomingMessage): void {
  const { statusCode: status = 0 } = answer;
  const encoded = answer.headers['content-encoding'] ?? 'identity';
  const fault =
    status >= 300 && status < 400
      ? new PacsError('redirect', `The PACS answered ${status}, a redirect, which is never followed.`)
      : status === 401 || status === 403
        ? new PacsError('unauthorised', `The PACS answered ${status}: check the credentials of this source.`)
        : status !== 409 && (status < 200 || status > 299)
          ? new PacsError('status', `The PACS answered ${status}.`)
          : encoded !== 'identity'
            ? new PacsError('bad-answer', 'The answer is compressed, which was not asked for.')
            : undefined;
  if (fault === undefined) return;
  answer.destroy();
  throw fault;
}

function headOf({ statusCode = 0, headers }: IncomingMessage): Omit<PacsAnswer, 'body'> {
  return { status: statusCode, contentType: headers['content-type'] ?? '' };
}

async function bodyOf(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maxBytes) throw new PacsError('too-large', `The answer has over ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
