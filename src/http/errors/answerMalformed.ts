import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Problem, problemAnswer } from './problems.js';

/** Answers what never became a request (malformed HTTP, oversized headers, a slow sender), then cuts the connection. */
export function answerMalformed(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  const problem = problemOfConnection(error);
  if (problem === undefined || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const reqId = randomUUID();
  this.log.info({ reqId, problem: problem.code, reason: error.code }, problem.detail);
  const { body, headers } = problemAnswer(problem, reqId);
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    'x-request-id': reqId,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  // A sender that doesn't close its side would hold its request, and its memory, forever.
  const cut = setTimeout(() => socket.destroy(), closingMs);
  socket.once('close', () => {
    clearTimeout(cut);
  });
}

/** How long a sender may take to read its answer and close. */
const closingMs = 1000;

function problemOfConnection(error: NodeJS.ErrnoException): Problem | undefined {
  switch (error.code) {
    case 'ECONNRESET':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers-too-large', 'The headers are over the limit.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request-timeout', 'The request did not arrive in time.');
    default:
      return new Problem('bad-request', "This isn't valid HTTP.");
  }
}
