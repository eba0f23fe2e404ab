import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { openDatabase } from '../../src/database/index.js';
import { previewPng, rawSamples } from '../../src/http/films/streams.js';
import { openFilmStore } from '../../src/films/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { embeddedFolder, temporaryFolder } from '../backends.js';
import { compileChildren } from '../engine/compiledChildren.js';
import { analysedWith, spec, testService, sha256 } from './fakes.js';

/** Films that were kept, through the API: with the real store and the embedded database; only the engine is a fake. */

const { filmWriter: writerModule } = compileChildren(t.testdir());

interface Posted {
  readonly id: string;
}
interface Page {
  readonly items: {
    id: string;
    boxCount: number | null;
    film: { status: string; sha256: string | null; expiresAt: string | null };
  }[];
}

async function service(t: Test) {
  const database = await openDatabase({ at: { dataDir: await embeddedFolder(t) } });
  t.teardown(() => database.close());
  const log = createDetectionLog(database);
  await log.rememberModel({
    name: spec.name,
    version: spec.version,
    specSha256: sha256(JSON.stringify(spec)),
    onnxSha256: spec.onnxSha256,
    specText: JSON.stringify(spec),
  });
  const folder = join(await temporaryFolder(t), 'images');
  const films = await openFilmStore(database, {
    kind: 'disk',
    folder,
    keepDays: 30,
    maxPixels: 10_000_000,
    writerModule,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  t.teardown(() => films.close());
  const { app, engine, as } = testService({
    dependencies: { log, films },
    settings: { maxUploadBytes: 10_000_000, uploadBudgetBytes: 20_000_000 },
  });
  t.teardown(() => app.close());
  const [ris, other, reader, operator] = [
    await as('submitter', 'ris'),
    await as('submitter', 'other'),
    await as('radiologist'),
    await as('operator'),
  ];
  const post = async (payload: Buffer, headers: Record<string, string> = {}) =>
    (
      await app.inject({ method: 'POST', url: '/v1/detections', payload, headers: { ...ris, ...headers } })
    ).json<Posted>().id;
  const get = (url: string, headers: Record<string, string> = reader) => app.inject({ url, headers });
  return { app, engine, log, database, films, ris, other, reader, operator, post, get };
}

t.test('a film of 8 bits comes back pixel by pixel, to those who may see its report', async (t) => {
  const { app, post, get, ris, other, operator, log, database } = await service(t);
  const samples = Buffer.from(Array.from({ length: 120 * 90 }, (_, i) => (i * 7) % 256));
  const id = await post(
    await sharp(samples, { raw: { width: 120, height: 90, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer(),
  );
  const film = await get(`/v1/detections/${id}/film`, ris);
  t.equal(film.statusCode, 200, 'right after the answer, too');
  t.match(film.headers, {
    'content-type': 'image/png',
    'x-film-width': '120',
    'x-film-height': '90',
    'x-film-bits': '8',
    'x-film-channels': '1',
    'cache-control': 'private, no-cache',
    'x-pixels-sha256': /^[0-9a-f]{64}$/,
  });
  t.equal(film.headers['content-length'], String(film.rawPayload.length));
  t.ok((await sharp(film.rawPayload).toColourspace('b-w').raw().toBuffer()).equals(samples));
  const unchanged = await get(`/v1/detections/${id}/film`, { ...ris, 'if-none-match': String(film.headers.etag) });
  t.equal(unchanged.statusCode, 304);
  t.equal(unchanged.rawPayload.length, 0);
  t.equal(
    (await app.inject({ method: 'HEAD', url: `/v1/detections/${id}/film`, headers: ris })).headers['x-film-bits'],
    '8',
  );
  t.match((await get(`/v1/detections/${id}/thumbnail`)).headers['content-type'], 'image/jpeg');
  t.match((await get(`/v1/detections/${id}/film.grey16`)).json(), { code: 'film-not-deep', status: 404 });
  for (const what of ['film', 'film.grey16', 'preview', 'thumbnail', 'priors']) {
    t.match(
      (await get(`/v1/detections/${id}/${what}`, other)).json(),
      { code: 'not-found' },
      `another submitter's ${what} is not there`,
    );
    t.match((await get(`/v1/detections/..%2f..%2fetc/${what}`)).json(), { code: 'not-found' });
  }

  const [item] = (await get('/v1/detections')).json<Page>().items;
  const sha256 = String(film.headers['x-pixels-sha256']);
  t.match(item, { id, boxCount: 1, film: { status: 'kept', sha256, expiresAt: /Z$/ } });
  t.equal((await app.inject({ method: 'DELETE', url: `/v1/images/${sha256}`, headers: ris })).statusCode, 403);
  for (const hostile of ['..', '%2e%2e%2f%2e%2e', 'x'.repeat(64), sha256.toUpperCase()]) {
    t.match(
      (await app.inject({ method: 'DELETE', url: `/v1/images/${hostile}`, headers: operator })).statusCode,
      /40[04]/,
      hostile,
    );
  }
  t.equal((await app.inject({ method: 'DELETE', url: `/v1/images/${sha256}`, headers: operator })).statusCode, 204);
  t.match(
    await database.kysely
      .selectFrom('audit_events')
      .select(['code', 'actor', 'sha256'])
      .where('code', '=', 'film-deleted')
      .execute(),
    [{ actor: 'operator', sha256 }],
  );
  t.match((await app.inject({ method: 'DELETE', url: `/v1/images/${sha256}`, headers: operator })).json(), {
    code: 'not-found',
  });
  t.match(
    (await get(`/v1/detections/${id}/film`, { ...ris, 'if-none-match': String(film.headers.etag) })).json(),
    { code: 'film-not-kept', detail: 'The film was deleted.' },
    'no cache brings it back',
  );
  t.match((await get('/v1/detections')).json<Page>().items[0], { film: { status: 'deleted' } });
  t.same((await log.verify()).faults, [], 'its report is as it was');
});

t.test('a preview is as large as a screen, and shows 8 bits as they are', async (t) => {
  const { post, get } = await service(t);
  const [width, height] = [2000, 1200];
  const dark = Buffer.alloc(width * height, 40);
  const id = await post(
    await sharp(dark, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer(),
  );
  const preview = await get(`/v1/detections/${id}/preview`);
  t.match(preview.headers, {
    'content-type': 'image/jpeg',
    'content-length': String(preview.rawPayload.length),
    'x-film-width': '2000',
    'x-film-height': '1200',
    'cache-control': 'private, no-cache',
    etag: /-preview"$/,
  });
  const { data, info } = await sharp(preview.rawPayload)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  t.match(info, { width: 1500, height: 900 });
  t.ok(
    data.every((value) => Math.abs(value - 40) <= 1),
    'not stretched, as a thumbnail is',
  );
  const unchanged = await get(`/v1/detections/${id}/preview`, { 'if-none-match': String(preview.headers.etag) });
  t.equal(unchanged.statusCode, 401, 'a cache is no ticket');
});

t.test('a film of 16 bits keeps every value, and its preview has the window of the report', async (t) => {
  const { post, get, engine, reader } = await service(t);
  const width = 400;
  const height = 300;
  // A ramp of 4096 steps from 10000 on, so that 8 bits could not hold it.
  const samples = Uint16Array.from({ length: width * height }, (_, i) => 10_000 + (i % 4096));
  const file = await sharp(samples, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  engine.analyse = ({ bytes }) => {
    const analysis = analysedWith(bytes, 0.9);
    if (analysis.kind !== 'analysed') throw new Error('analysed');
    return Promise.resolve({
      ...analysis,
      film: {
        ...analysis.film,
        bits: 16,
        width,
        height,
        preparation: { window: [11_000, 12_000], inverted: false, orientation: 1 },
      },
    });
  };
  const id = await post(file);
  const raw = Buffer.from(samples.buffer);
  for (const [encoding, decode] of [
    ['identity', (bytes: Buffer) => bytes],
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const) {
    const answer = await get(`/v1/detections/${id}/film.grey16`, { ...reader, 'accept-encoding': encoding });
    t.equal(answer.headers['content-encoding'] ?? 'identity', encoding);
    t.ok(Buffer.from(decode(answer.rawPayload)).equals(raw), encoding);
    t.match(answer.headers, { 'x-film-bits': '16', 'x-film-width': '400', vary: 'accept-encoding' });
  }
  const preview = await get(`/v1/detections/${id}/film`);
  const shown = await sharp(preview.rawPayload).toColourspace('b-w').raw().toBuffer();
  t.match(await sharp(preview.rawPayload).metadata(), { width, height, depth: 'uchar', channels: 1 });
  // (value − 11000) · 255 / 1000 within the window, black below and white above.
  t.same(
    [0, 1000, 1500, 2000, 4000].map((i) => shown[i]),
    [0, 0, 128, 255, 255],
  );
});

t.test(
  'a film leaves no file open, read to its end or broken off',
  { skip: process.platform !== 'linux' && 'open files are counted in /proc' },
  async (t) => {
    const { post, films } = await service(t);
    const side = 700;
    let noise = 1;
    const samples = Uint16Array.from(
      { length: side * side },
      () => (noise = (noise * 16_807) % 2_147_483_647) & 0xffff,
    );
    const film = await films.open(
      await post(
        await sharp(samples, { raw: { width: side, height: side, channels: 1 } })
          .toColourspace('grey16')
          .png()
          .toBuffer(),
      ),
    );
    t.equal(film.bits, 16);
    const bodies = [() => rawSamples(film), () => previewPng(film, [0, 60_000])];
    for (const body of bodies) {
      t.ok((await gather(body())).length > 0);
      const broken = body();
      for await (const piece of broken) {
        t.ok(piece, 'begun and left');
        break;
      }
      body().destroy();
    }
    for (let tries = 0; (await opened(film.filmPath)) > 0 && tries < 50; tries++) await delay(20);
    t.equal(await opened(film.filmPath), 0);
  },
);

async function gather(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) if (Buffer.isBuffer(piece)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** How often this process has the file open. */
async function opened(path: string): Promise<number> {
  const targets = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => undefined)),
  );
  return targets.filter((target) => target === path).length;
}

t.test('other films of the same patient are found, by those who may see them', async (t) => {
  const { post, get, ris, other, app, log } = await service(t);
  const png = await sharp(Buffer.alloc(64 * 64, 9), { raw: { width: 64, height: 64, channels: 1 } })
    .png()
    .toBuffer();
  const first = await post(png, { 'x-patient-ref': 'P1' });
  await post(png, { 'x-patient-ref': 'P2' });
  const anothers = (
    await app.inject({
      method: 'POST',
      url: '/v1/detections',
      payload: png,
      headers: { ...other, 'x-patient-ref': 'P1' },
    })
  ).json<Posted>().id;
  const second = await post(png, { 'x-patient-ref': 'P1' });
  const third = await post(png, { 'x-patient-ref': 'P1' });
  const without = await post(png);
  const priors = async (id: string, headers?: Record<string, string>) =>
    (await get(`/v1/detections/${id}/priors`, headers)).json<Page>().items.map((item) => item.id);
  t.same(
    await priors(third),
    [second, first],
    'newest first, and none of a patient whom another sender calls the same',
  );
  t.same(await priors(third, ris), [second, first]);
  t.same(await priors(anothers), []);
  t.same(await priors(first), [third, second], 'also those that came later');
  t.same(await priors(without), [], 'who is not named has no other films');
  await log.eraseReferences({ patientRef: 'P1' }, 'operator');
  t.same(await priors(third), [], 'erased references find nothing any more');
});

t.test('what could not be decoded has a row, and no film', async (t) => {
  const { post, get, engine } = await service(t);
  engine.analyse = () =>
    Promise.resolve({
      kind: 'refused-by-gate',
      code: 'not-a-chest-film',
      detail: 'A hand.',
      film: {
        sha256: 'c'.repeat(64),
        width: 64,
        height: 64,
        format: 'png',
        bits: 8,
        preparation: { window: null, inverted: false, orientation: 1 },
      },
      timings: { queueMs: 0, decodeMs: 1, inferMs: 0, postMs: 0 },
    });
  const id = await post(Buffer.from('no film'));
  const answer = await get(`/v1/detections/${id}/film`);
  t.match(answer.json(), { code: 'film-not-kept', detail: /could not be kept/ });
  t.match((await get('/v1/detections')).json<Page>().items[0], {
    boxCount: null,
    film: { status: 'not-kept', sha256: null },
  });
});
