import { type DicomJson, isUid, parseDicomJson, textsOf } from './dicomJson.js';
import type { Endpoint } from './endpoint.js';
import { exchange } from './exchange.js';
import { PacsError } from './pacsError.js';

/** A study, a series or an instance as QIDO-RS lists it. */
export interface Listed {
  readonly uid: string;
  /** Values of an attribute, by tag; none if the PACS did not say. */
  texts(tag: string): string[];
}

const levels = { studies: '0020000D', series: '0020000E', instances: '00080018' } as const;

const pageSize = 100;
const mostListed = 20_000;
const mostBytes = 32 * 1024 * 1024;

/**
 * Everything that matches, page by page (PS3.18, 10.6). Only filters that PACS are known to keep can be relied on: some
 * ignore keys that they don't know and list everything.
 *
 * @param path e.g. `/studies/1.2.3/series`
 * @throws PacsError
 */
export async function query(
  endpoint: Endpoint,
  path: string,
  filter: Readonly<Record<string, string | readonly string[]>>,
  signal?: AbortSignal,
): Promise<Listed[]> {
  const level = path.slice(path.lastIndexOf('/') + 1) as keyof typeof levels;
  const found = new Map<string, Listed>();
  for (let offset = 0; ;) {
    const page = await pageOf(endpoint, path, { ...filter, limit: `${pageSize}`, offset: `${offset}` }, signal);
    const known = found.size;
    for (const item of page) {
      const [uid] = textsOf(item, levels[level]);
      if (!isUid(uid)) throw new PacsError('bad-answer', 'The PACS lists an object without a UID.');
      found.set(uid, { uid, texts: (tag) => textsOf(item, tag) });
    }
    // A PACS may give fewer than a page at a time, and one that ignores the offset repeats itself.
    if (page.length === 0 || found.size === known) return [...found.values()];
    if (found.size > mostListed) throw new PacsError('too-large', `The PACS lists over ${mostListed} objects.`);
    offset += page.length;
  }
}

async function pageOf(
  endpoint: Endpoint,
  path: string,
  filter: Readonly<Record<string, string | readonly string[]>>,
  signal: AbortSignal | undefined,
): Promise<DicomJson[]> {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(filter))
    for (const value of [values].flat()) parameters.append(name, value);
  const { status, contentType, body } = await exchange(endpoint, {
    path: `${path}?${parameters.toString()}`,
    accept: 'application/dicom+json',
    maxBytes: mostBytes,
    signal,
  });
  if (status === 204) return [];
  if (status !== 200) throw new PacsError('status', `The PACS answered ${status} to a query.`);
  return parseDicomJson(contentType, body);
}
