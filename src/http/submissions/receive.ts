import type { FastifyRequest } from 'fastify';
import { SenderGone } from '../errors/problemOf.js';
import { Problem } from '../errors/problems.js';
import { ArrivingBytes, tooLarge } from './arrivingBytes.js';
import { type HeldBytes, largestBodyBytes } from './budget.js';
import { FieldCollector, type UploadFields } from './fields.js';
import { FormReader } from './formReader.js';
import { receiveBody } from './receiveBody.js';

/** A film as it was uploaded, in memory. */
export interface Upload {
  readonly bytes: Buffer;
  readonly fields: UploadFields;
}

export interface UploadLimits {
  readonly maxUploadBytes: number;
  /** How long a sender may stay silent. */
  readonly silenceMs: number;
  readonly held: HeldBytes;
}

/**
 * Receives the film and its fields, from a form or from a raw body.
 *
 * @throws Problem if the request is wrong.
 * @throws SenderGone if the sender hung up.
 */
export async function receiveUpload(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  const { raw } = request;
  try {
    const fields = new FieldCollector();
    fields.addHeaders(raw.rawHeaders);
    const film = new ArrivingBytes(limits.maxUploadBytes, declaredBytesOf(request));
    if (request.isMultipart()) await receiveForm(request, limits, new FormReader(contentTypeOf(request), film, fields));
    else await receiveRaw(request, limits, film);
    const bytes = film.whole();
    if (bytes.length === 0) throw new Problem('empty-image', 'The image has 0 bytes.');
    return { bytes, fields: fields.fields() };
  } catch (error) {
    if (raw.destroyed && !raw.complete) throw new SenderGone('The sender hung up', { cause: error });
    // The rest of the body is read and dropped, so that the answer reaches a sender who is still sending.
    raw.resume();
    throw error;
  }
}

/** The size that a request announces; undefined if it comes in chunks. */
export function declaredBytesOf({ headers }: Pick<FastifyRequest, 'headers'>): number | undefined {
  const header = headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

/** Whether the film is a part of a form rather than the body itself. */
export function isForm(request: FastifyRequest): boolean {
  return /^multipart\/form-data\b/i.test(contentTypeOf(request));
}

async function receiveRaw({ raw }: FastifyRequest, { held, silenceMs }: UploadLimits, film: ArrivingBytes) {
  const take = (chunk: Buffer) => {
    held.add(chunk.length);
    film.push(chunk);
  };
  await receiveBody(raw, take, silenceMs);
}

async function receiveForm(
  { raw }: FastifyRequest,
  { held, silenceMs, maxUploadBytes }: UploadLimits,
  form: FormReader,
) {
  let size = 0;
  const take = (chunk: Buffer) => {
    size += chunk.length;
    if (size > largestBodyBytes(maxUploadBytes)) throw tooLarge(maxUploadBytes);
    held.add(chunk.length);
    form.write(chunk);
  };
  await receiveBody(raw, take, silenceMs);
  if (size === 0) throw new Problem('empty-image', 'The body has 0 bytes.');
  await form.end();
}

function contentTypeOf({ headers }: FastifyRequest): string {
  return headers['content-type'] ?? '';
}
