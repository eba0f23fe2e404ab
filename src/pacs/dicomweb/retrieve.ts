import type { Endpoint } from './endpoint.js';
import { exchange } from './exchange.js';
import { onlyPart } from './multipart.js';
import { PacsError } from './pacsError.js';

/** Names an instance on a PACS. The UIDs are checked: they are put into paths. */
export interface InstanceUids {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

/** Headers and boundaries around the object. */
const wrappingBytes = 64 * 1024;

/**
 * One instance as a DICOM Part 10 file, in whatever transfer syntax it is stored (PS3.18, 10.4).
 *
 * @param maxBytes of the file
 * @throws PacsError
 */
export async function retrieve(
  endpoint: Endpoint,
  { study, series, instance }: InstanceUids,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const { status, contentType, body } = await exchange(endpoint, {
    path: `/studies/${study}/series/${series}/instances/${instance}`,
    accept: 'multipart/related; type="application/dicom"; transfer-syntax=*',
    maxBytes: maxBytes + wrappingBytes,
    signal,
  });
  if (status !== 200) throw new PacsError('status', `The PACS answered ${status} to a retrieval.`);
  const file = onlyPart(contentType, body);
  if (file.length > maxBytes) throw new PacsError('too-large', `The film has over ${maxBytes} bytes.`);
  return file;
}
