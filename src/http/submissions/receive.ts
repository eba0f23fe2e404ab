import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { SenderGone } from '../errors/problemOf.js';
import { Problem } from '../errors/problems.js';
import type { HeldBytes } from './budget.js';
import { FieldCollector, maximumFieldLength, type UploadFields } from './fields.js';

/** A film as it came, in memory. */
export interface Upload {
  readonly bytes: Buffer;
  readonly fields: UploadFields;
}

export interface UploadLimits {
  readonly maxUploadBytes: number;
  readonly held: HeldBytes;
}

/**
 * Receives the film and the fields of a request, from multipart or from a raw body. Throws the problems of
 * the catalogue, and SenderGone where the sender hung up.
 */
export async function receiveUpload(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  try {
    const upload = request.isMultipart() ? await receiveMultipart(request, limits) : await receiveRaw(request, limits);
    if (upload.bytes.length === 0) throw new Problem('empty-image', 'The image has 0 bytes.');
    return upload;
  } catch (error) {
    if (request.raw.destroyed && !request.raw.complete) throw new SenderGone('The sender hung up', { cause: error });
    // What is left of the body is read and dropped, so that the answer reaches a sender who is still sending.
    request.raw.unpipe();
    request.raw.resume();
    throw error;
  }
}

/** The size that a request says it has, or undefined where it comes in chunks. */
export function declaredBytesOf(request: FastifyRequest): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

async function receiveRaw(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  const collector = new FieldCollector();
  collector.addHeaders(request.raw.rawHeaders);
  const fields = collector.fields();
  const bytes = await gather(request.raw, declaredBytesOf(request), limits);
  return { bytes, fields };
}

async function receiveMultipart(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  const collector = new FieldCollector();
  collector.addHeaders(request.raw.rawHeaders);
  const declaredBytes = declaredBytesOf(request);
  if (declaredBytes === 0) throw new Problem('empty-image', 'The body has 0 bytes.');

  let bytes: Buffer | undefined;
  let misnamed: string | undefined;
  for await (const part of partsOf(request, limits.maxUploadBytes)) {
    if (part.type === 'file') {
      if (bytes !== undefined || misnamed !== undefined)
        throw new Problem('several-images', 'There is more than one file in the request.');
      if (part.fieldname === 'image') bytes = await readPart(part, declaredBytes, limits);
      else {
        misnamed = part.fieldname;
        part.file.resume();
      }
    } else {
      if (part.fieldname === 'image')
        throw new Problem('no-image', 'The field “image” came as text: send it as a file, with a file name.');
      if (part.valueTruncated)
        throw new Problem(
          'bad-parameter',
          `The field “${part.fieldname}” has more than ${maximumFieldLength} characters.`,
        );
      if (typeof part.value !== 'string')
        throw new Problem('bad-parameter', `The field “${part.fieldname}” is not plain text.`);
      collector.add(part.fieldname, part.value);
    }
  }
  if (misnamed !== undefined)
    throw new Problem('no-image', 'The file came in a field of another name: the field is called “image”.');
  if (bytes === undefined) throw new Problem('no-image', 'There is no field “image” in the request.');
  return { bytes, fields: collector.fields() };
}

/** The parts of a form. Damaged framing becomes `bad-request`. */
async function* partsOf(request: FastifyRequest, fileSize: number): ReturnType<FastifyRequest['parts']> {
  const parts = request.parts({
    // Four bytes a character at most in UTF-8; one file more than allowed, so that the second one is seen.
    limits: { fileSize, files: 2, fieldSize: 4 * maximumFieldLength + 1, fields: 32, parts: 34, headerPairs: 16 },
  });
  try {
    for await (const part of parts) {
      // Its type says that there always is one; a part may come without.
      const name: unknown = part.fieldname;
      if (typeof name !== 'string') throw new Problem('bad-parameter', 'A part of the form has no name.');
      yield part;
    }
  } catch (error) {
    throw fromParser(error);
  }
}

/** The parser's errors of framing have no code of their own. */
function fromParser(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error;
  return new Problem('bad-request', `The multipart body is damaged: ${error.message}.`, { cause: error });
}

async function readPart(part: MultipartFile, declaredBytes: number | undefined, limits: UploadLimits): Promise<Buffer> {
  const bytes = await gather(part.file, declaredBytes, limits).catch((error: unknown) => {
    throw fromParser(error);
  });
  if (part.file.truncated) throw tooLarge(limits.maxUploadBytes);
  return bytes;
}

/**
 * Reads a stream to its end. Where the size was declared it is copied into one buffer as it comes, so that
 * chunks and result are never in memory side by side.
 */
async function gather(
  stream: Readable,
  declaredBytes: number | undefined,
  { maxUploadBytes, held }: UploadLimits,
): Promise<Buffer> {
  const whole = declaredBytes === undefined ? undefined : Buffer.allocUnsafeSlow(declaredBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  // The stream is left alone on an early exit: destroying a request takes the answer's socket with it.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new Error('A body is read as bytes');
    const end = size + chunk.length;
    if (end > maxUploadBytes) throw tooLarge(maxUploadBytes);
    held.growTo(end);
    if (whole === undefined) chunks.push(chunk);
    else chunk.copy(whole, size);
    size = end;
  }
  return whole === undefined ? Buffer.concat(chunks, size) : whole.subarray(0, size);
}

export function tooLarge(maxUploadBytes: number): Problem {
  return new Problem('upload-too-large', `An upload may have ${maxUploadBytes} bytes.`);
}

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
