import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { parseDicomJson, isUid, itemsOf, textsOf } from '../../src/pacs/dicomweb/dicomJson.js';
import type { Endpoint } from '../../src/pacs/dicomweb/endpoint.js';
import { openEndpoint } from '../../src/pacs/dicomweb/endpoint.js';
import { composeMultipart, onlyPart } from '../../src/pacs/dicomweb/multipart.js';
import { query } from '../../src/pacs/dicomweb/query.js';
import { isFilm, isWanted } from '../../src/pacs/filmFilter.js';
import { json, wrapped } from './fakePacs.js';

/** DICOMweb as we speak it: what is taken for an answer, and what is not. */

t.test('one part comes out of a multipart body as it went in, whatever its bytes are', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { contentType, bytes: body } = composeMultipart([bytes]);
      return Buffer.compare(onlyPart(contentType, body), bytes) === 0;
    }),
    { numRuns: 300, seed: 20 },
  );
  const lines = Buffer.from('\r\n\r\n--b=\r\n--b=2--\r\n');
  t.same(onlyPart(wrapped.type, wrapped.body(lines)), lines, 'even if they look like headers and other boundaries');
  t.end();
});

t.test('a multipart body cut off anywhere is refused, never read short', (t) => {
  const { contentType, bytes } = composeMultipart([Buffer.from('0123456789')]);
  // The last line break after the end mark says nothing.
  for (let length = 0; length < bytes.length - 2; length++)
    t.throws(() => onlyPart(contentType, bytes.subarray(0, length)), { code: 'bad-answer' }, `${length} bytes`);
  t.end();
});

t.test('what is no multipart answer with one DICOM object is refused', (t) => {
  const good = wrapped.body(Buffer.from('x')).toString('latin1');
  const refused: [string, string][] = [
    ['text/html', good],
    ['multipart/related', good],
    ['multipart/related; boundary=', good],
    ['multipart/mixed; boundary=b', good],
    [wrapped.type, good.replace('application/dicom', 'application/octet-stream')],
    [wrapped.type, good.replace('Content-Length: 1', 'Content-Length: 2')],
    [wrapped.type, good.replace('--b=1\r\n', 'preamble --b=1\r\n')],
    [wrapped.type, `--b=1--\r\n`],
    [wrapped.type, '--b=1\r\nContent-Type: application/dicom\r\n--b=1--'],
  ];
  for (const [type, body] of refused)
    t.throws(() => onlyPart(type, Buffer.from(body, 'latin1')), { code: 'bad-answer' }, `${type} ${body}`);
  const { contentType, bytes } = composeMultipart([Buffer.from('a'), Buffer.from('b')]);
  t.throws(() => onlyPart(contentType, bytes), { message: /several parts/ });
  t.end();
});

t.test('DICOM JSON is read as far as it is what it says', (t) => {
  const of = (value: unknown) => parseDicomJson('application/dicom+json', Buffer.from(JSON.stringify(value)));
  for (const value of [null, 1, 'x', [1], [[]], [null]]) t.throws(() => of(value), { code: 'bad-answer' });
  t.throws(() => parseDicomJson('text/html', Buffer.from('[]')), { code: 'bad-answer' });
  t.throws(() => parseDicomJson('application/json', Buffer.from('[{"secret":')), {
    message: /^The answer is not JSON\.$/,
  });
  const [item = {}] = of([{ '0020000D': { vr: 'UI', Value: [' 1.2 ', null, 3, {}] }, '00081199': { Value: [{}, 1] } }]);
  t.same(textsOf(item, '0020000D'), ['1.2', '3']);
  t.same(textsOf(item, 'constructor'), []);
  t.equal(itemsOf(item, '00081199').length, 1);
  t.same(
    ['1.2.3', '1..2', '../1', '1.2/3', '', '1'.repeat(65), '.1'].map((text) => isUid(text)),
    [true, false, false, false, false, false, false],
  );
  t.end();
});

t.test('a list is read to its end, however the PACS pages it', async (t) => {
  const uids = Array.from({ length: 250 }, (_, i) => `1.2.${i + 1}`);
  const studies = (some: readonly string[]) => some.map((uid) => ({ '0020000D': { vr: 'UI', Value: [uid] } }));
  const ways: Record<string, (offset: number, limit: number) => object[]> = {
    'as asked': (offset, limit) => studies(uids.slice(offset, offset + limit)),
    'fewer than asked': (offset) => studies(uids.slice(offset, offset + 7)),
    'all at once, always': () => studies(uids),
  };
  for (const [name, page] of Object.entries(ways)) {
    const endpoint = await serve(t, (parameters) =>
      page(Number(parameters.get('offset')), Number(parameters.get('limit'))),
    );
    t.same(
      (await query(endpoint, '/studies', {})).map(({ uid }) => uid),
      uids,
      name,
    );
  }
  const hostile = await serve(t, () => studies(['../../patients']));
  await t.rejects(query(hostile, '/studies', {}), { code: 'bad-answer' }, 'a UID that would leave its path');
});

async function serve(t: Test, list: (parameters: URLSearchParams) => object[]): Promise<Endpoint> {
  const server = createServer(({ url = '' }, response) => {
    json(response, list(new URL(url, 'http://pacs').searchParams));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = openEndpoint({ ...source, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  t.teardown(() => {
    endpoint.close();
    server.close();
  });
  return endpoint;
}

const source = {
  name: 's',
  url: '',
  plainHttp: false,
  modalities: ['CR', 'DX'],
  bodyParts: ['CHEST', 'THORAX'],
  descriptions: ['chest', 'thorax'],
  derivedImages: false,
  results: [],
  windowHours: 24,
  overlapHours: 14,
  pollSeconds: 10,
  timeoutSeconds: 5,
};

t.test('a series is wanted by modality, body part and description; what is empty does not speak against it', (t) => {
  const wanted = (modality: string, bodyPart: string, ...descriptions: string[]) =>
    isWanted({ modality, bodyPart, descriptions }, source);
  t.ok(wanted('CR', 'Chest', 'CHEST PA'));
  t.ok(wanted('DX', '', ''));
  t.ok(wanted('DX', '', 'Rx Thorax', 'PA'));
  t.notOk(wanted('MG', 'CHEST', 'chest'));
  t.notOk(wanted('CR', 'HAND', 'chest'));
  t.notOk(wanted('CR', '', 'Hand left'));
  t.end();
});

t.test('films are original images of three classes', (t) => {
  const root = '1.2.840.10008.5.1.4.1.1';
  const is = (sopClassUid: string | undefined, ...imageType: string[]) => isFilm({ sopClassUid, imageType }, source);
  t.same(
    [is(`${root}.1`), is(`${root}.1.1`, 'ORIGINAL', 'PRIMARY'), is(`${root}.1.1.1`, 'ORIGINAL')],
    [true, true, true],
  );
  t.same(
    [is(undefined), is(`${root}.7`), is(`${root}.88.34`), is(`${root}.11.1`), is(`${root}.1`, 'ORIGINAL', 'SECONDARY')],
    Array(5).fill(false),
  );
  t.notOk(is(`${root}.1.1`, 'DERIVED', 'PRIMARY'));
  t.ok(isFilm({ sopClassUid: `${root}.1.1`, imageType: ['DERIVED', 'PRIMARY'] }, { derivedImages: true }));
  t.notOk(isFilm({ sopClassUid: `${root}.1.1`, imageType: ['DERIVED', 'SECONDARY'] }, { derivedImages: true }));
  t.end();
});
