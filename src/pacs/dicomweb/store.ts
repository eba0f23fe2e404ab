import { itemsOf, parseDicomJson, textsOf } from './dicomJson.js';
import type { Endpoint } from './endpoint.js';
import { exchange } from './exchange.js';
import { composeMultipart } from './multipart.js';
import { PacsError } from './pacsError.js';

/** A DICOM object to be stored. */
export interface StorableObject {
  readonly sopInstanceUid: string;
  readonly bytes: Uint8Array;
}

const tags = { stored: '00081199', failed: '00081198', sopInstanceUid: '00081155', failureReason: '00081197' } as const;
const jsonType = 'application/dicom+json';
const mostBytes = 1024 * 1024;

/**
 * Stores objects of one study (STOW-RS, PS3.18, 10.5). Resolves only if the answer names each of them as stored: a
 * status of 200 alone means nothing, Orthanc gives it for objects that it didn't take.
 *
 * @throws PacsError
 */
export async function store(
  endpoint: Endpoint,
  study: string,
  objects: readonly StorableObject[],
  signal?: AbortSignal,
): Promise<void> {
  const { status, contentType, body } = await exchange(endpoint, {
    path: `/studies/${study}`,
    accept: jsonType,
    body: composeMultipart(objects.map(({ bytes }) => bytes)),
    maxBytes: mostBytes,
    signal,
  });
  // Orthanc's answer 409 has no content type.
  const answers = parseDicomJson(status === 409 && contentType === '' ? jsonType : contentType, body);
  const stored = new Set(
    answers.flatMap((answer) => itemsOf(answer, tags.stored)).flatMap((item) => textsOf(item, tags.sopInstanceUid)),
  );
  const missing = objects.filter(({ sopInstanceUid }) => !stored.has(sopInstanceUid));
  if (missing.length === 0) return;
  const reasons = answers
    .flatMap((answer) => itemsOf(answer, tags.failed))
    .flatMap((item) => textsOf(item, tags.failureReason))
    .filter((reason) => /^\d{1,5}$/.test(reason))
    .map((reason) => `0x${Number(reason).toString(16).padStart(4, '0')}`);
  const why = reasons.length === 0 ? '' : `, failure reason ${[...new Set(reasons)].join(', ')}`;
  throw new PacsError('not-stored', `The PACS confirms all but ${missing.length} of ${objects.length} objects${why}.`);
}
