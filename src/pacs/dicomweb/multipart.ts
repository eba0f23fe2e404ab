import { randomBytes } from 'node:crypto';
import { PacsError } from './pacsError.js';

const dicom = 'application/dicom';

/** Objects as a multipart/related body (PS3.18, 8.6.1). */
export function composeMultipart(objects: readonly Uint8Array[]): { contentType: string; bytes: Buffer } {
  const boundary = `lesion-detector-${randomBytes(18).toString('hex')}`;
  const head = Buffer.from(`--${boundary}\r\nContent-Type: ${dicom}\r\n\r\n`);
  const parts = objects.flatMap((object) => [head, object, Buffer.from('\r\n')]);
  return {
    contentType: `multipart/related; type="${dicom}"; boundary=${boundary}`,
    bytes: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/**
 * The one DICOM object in a multipart/related body. Strict: a body without its end mark was cut off, and what is cut
 * off is no film.
 *
 * @throws PacsError
 */
export function onlyPart(contentType: string, body: Buffer): Buffer {
  const mark = Buffer.from(`--${boundaryOf(contentType)}`);
  const start = body.indexOf(mark);
  if (start < 0 || (start > 0 && !endsLine(body, start))) throw bad('does not begin with its boundary');
  const headers = start + mark.length + 2;
  if (body.toString('latin1', start + mark.length, headers) !== '\r\n') throw bad('has no part');
  const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), headers - 2);
  if (end < 0) throw bad('breaks off within its first part');
  const after = body.toString('latin1', end + 2 + mark.length, end + 4 + mark.length);
  if (after === '\r\n') throw bad('has several parts, and one instance was asked for');
  if (after !== '--') throw bad('has no end mark');
  return contentOf(body, headers, end);
}

function contentOf(body: Buffer, headers: number, end: number): Buffer {
  const blank = body.indexOf('\r\n\r\n', headers - 2);
  if (blank < 0 || blank >= end) throw bad('has a part without headers');
  const fields = body.toString('latin1', headers, blank).split('\r\n');
  const type = fields.find((field) => /^content-type:/i.test(field));
  if (type === undefined || !/^content-type:\s*application\/dicom\s*(;|$)/i.test(type))
    throw bad('has a part that is not application/dicom');
  const content = body.subarray(blank + 4, end);
  const declared = fields.map((field) => /^content-length:\s*(\d+)\s*$/i.exec(field)?.[1]).find((text) => text);
  if (declared !== undefined && Number(declared) !== content.length) throw bad('has a part of another length');
  return content;
}

function boundaryOf(contentType: string): string {
  const [media = '', ...parameters] = contentType.split(';').map((text) => text.trim());
  if (media.toLowerCase() !== 'multipart/related') throw new PacsError('bad-answer', 'The answer is not multipart.');
  const [, quoted, plain] =
    parameters.map((text) => /^boundary=(?:"([^"\r\n]{1,256})"|([^"\s;]{1,256}))$/i.exec(text)).find(Boolean) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw bad('names no boundary');
  return boundary;
}

function endsLine(body: Buffer, position: number): boolean {
  return body.toString('latin1', position - 2, position) === '\r\n';
}

function bad(what: string): PacsError {
  return new PacsError('bad-answer', `The multipart answer ${what}.`);
}
