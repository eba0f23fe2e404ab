import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small DICOMweb server that keeps instances in memory, and misbehaves as it is told. Own code: nothing of src. */

export interface Stored {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly sopClass: string;
  readonly imageType: string;
  readonly modality: string;
  readonly bytes: Buffer;
}

export type Step = 'query' | 'retrieve' | 'store';
/** Answers instead of the server, or lets it answer (undefined). */
export type Mischief = (step: Step, request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown;

export interface FakePacs {
  readonly url: string;
  readonly stored: Map<string, Stored>;
  /** What came by STOW-RS, how often: an archive keeps the first. */
  readonly received: Map<string, number>;
  readonly requests: string[];
  mischief: Mischief | undefined;
  close(): Promise<void>;
}

export async function startFakePacs(): Promise<FakePacs> {
  const stored = new Map<string, Stored>();
  const received = new Map<string, number>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const step = stepOf(request);
      if (pacs.mischief?.(step, request, response, body) !== undefined) return;
      if (step === 'store') answerStore(pacs, response, body);
      else if (step === 'retrieve') answerRetrieve(pacs, request, response);
      else answerQuery(pacs, request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pacs: FakePacs = {
    url: `http://127.0.0.1:${port}/dicom-web`,
    stored,
    received,
    requests,
    mischief: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return pacs;
}

function stepOf({ method, url = '' }: IncomingMessage): Step {
  if (method === 'POST') return 'store';
  return /\/instances\/[\d.]+$/.test(url) ? 'retrieve' : 'query';
}

function answerQuery({ stored }: FakePacs, { url = '' }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://pacs');
  const [, study, series] = /studies(?:\/([\d.]+)\/series(?:\/([\d.]+)\/instances)?)?$/.exec(pathname) ?? [];
  const modality = searchParams.get('ModalitiesInStudy');
  const all = [...stored.values()].filter(
    (each) =>
      (study === undefined || each.study === study) &&
      (series === undefined || each.series === series) &&
      (modality === null || each.modality === modality),
  );
  const key = study === undefined ? 'study' : series === undefined ? 'series' : 'instance';
  const unique = [...new Map(all.map((each) => [each[key], each])).values()].slice(
    Number(searchParams.get('offset') ?? 0),
  );
  const value = (...values: unknown[]) => ({ vr: 'UI', Value: values });
  json(
    response,
    unique.map((each) => ({
      '0020000D': value(each.study),
      '00201208': value([...stored.values()].filter((other) => other.study === each.study).length),
      ...(key === 'study' ? {} : { '0020000E': value(each.series), '00080060': value(each.modality) }),
      ...(key === 'instance'
        ? {
            '00080018': value(each.instance),
            '00080016': value(each.sopClass),
            '00080008': value(...each.imageType.split('\\')),
          }
        : {}),
    })),
  );
}

function answerRetrieve({ stored }: FakePacs, { url = '' }: IncomingMessage, response: ServerResponse): void {
  const found = stored.get(url.slice(url.lastIndexOf('/') + 1));
  if (found === undefined) response.writeHead(404).end();
  else response.setHeader('content-type', wrapped.type).end(wrapped.body(found.bytes));
}

export const wrapped = {
  type: 'multipart/related; type="application/dicom"; boundary="b=1"',
  body: (bytes: Uint8Array) =>
    Buffer.concat([
      Buffer.from(`--b=1\r\nContent-Type: application/dicom\r\nContent-Length: ${bytes.length}\r\n\r\n`),
      bytes,
      Buffer.from('\r\n--b=1--\r\n'),
    ]),
};

/** UIDs of the SOP instances in a multipart body, found by their element (0008,0018) in explicit VR. */
export function uidsIn(body: Buffer): string[] {
  const uids: string[] = [];
  const element = Buffer.from([0x08, 0, 0x18, 0, 0x55, 0x49]);
  for (let at = body.indexOf(element); at >= 0; at = body.indexOf(element, at + 1)) {
    const length = body.readUInt16LE(at + 6);
    uids.push(body.toString('latin1', at + 8, at + 8 + length).replace(/\0$/, ''));
  }
  return uids;
}

export function keep({ received }: FakePacs, uids: readonly string[]): void {
  for (const uid of uids) received.set(uid, (received.get(uid) ?? 0) + 1);
}

function answerStore(pacs: FakePacs, response: ServerResponse, body: Buffer): void {
  const uids = uidsIn(body);
  keep(pacs, uids);
  json(response, storeAnswer(uids));
}

export function storeAnswer(uids: readonly string[]): object {
  return { '00081199': { vr: 'SQ', Value: uids.map((uid) => ({ '00081155': { vr: 'UI', Value: [uid] } })) } };
}

export function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/dicom+json').end(JSON.stringify(value));
}
