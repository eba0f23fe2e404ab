import t from 'tap';
import { createApi } from '../../../src/viewer/api/index.js';
import { answer, serve } from './server.js';

/** A film is taken whole or not at all. */

const api = () =>
  createApi({
    signInAgain: () => Promise.reject(new Error('not asked for here')),
    userChanged: () => Promise.reject(new Error('not asked for here')),
  });
const headers = {
  'x-film-width': '3',
  'x-film-height': '1',
  'x-film-bits': '12',
  'x-film-channels': '1',
  'x-film-window': '100,3000',
};

t.test('the picture comes with the size and depth of what is kept', async (t) => {
  const requests = serve(t, [new Response('jpeg', { headers })]);
  const { blob, ...facts } = await api().film('f', 'preview');
  t.strictSame(facts, { width: 3, height: 1, bits: 12, channels: 1, window: [100, 3000] });
  t.equal(await blob.text(), 'jpeg');
  t.equal(requests[0]?.path, '/v1/detections/f/preview');
});

t.test("a picture whose size is not said can't be read", async (t) => {
  for (const width of ['', '0', '1.5', 'wide']) {
    serve(t, [new Response('png', { headers: { ...headers, 'x-film-width': width } })]);
    await t.rejects(api().film('f', 'film'), { code: 'unreadable', message: /x-film-width/ }, width);
  }
});

t.test("a malformed window can't be read", async (t) => {
  for (const window of ['', '7', '9,9', 'a,b']) {
    serve(t, [new Response('png', { headers: { ...headers, 'x-film-window': window } })]);
    await t.rejects(api().film('f', 'film'), { code: 'unreadable', message: /x-film-window/ }, window);
  }
});

t.test('progress is reported while a film arrives, but only if its length is known', async (t) => {
  const pieces = () =>
    new ReadableStream({
      start(controller) {
        for (const piece of [Uint8Array.of(1, 0), Uint8Array.of(0), Uint8Array.of(1, 255, 255)])
          controller.enqueue(piece);
        controller.close();
      },
    });
  serve(t, [
    new Response(pieces(), { headers }),
    new Response(pieces(), { headers: { ...headers, 'content-length': '6' } }),
    new Response(pieces(), { headers: { ...headers, 'content-length': '6', 'content-encoding': 'gzip' } }),
    new Response(pieces(), { headers }),
  ]);
  const page = api();
  const told = async (ask: (progress: (share: number) => void) => Promise<unknown>): Promise<readonly number[]> => {
    const shares: number[] = [];
    await ask((share) => shares.push(share));
    return shares;
  };
  t.strictSame(
    await told((progress) => page.grey16('f', { progress })),
    [0.33, 0.5, 1],
    'of the bytes that make the film',
  );
  t.strictSame(await told((progress) => page.film('f', 'film', { progress })), [0.33, 0.5, 1]);
  t.strictSame(
    await told((progress) => page.film('f', 'film', { progress })),
    [],
    'compressed: nobody knows the whole',
  );
  t.strictSame(await told((progress) => page.film('f', 'film', { progress })), []);
});

t.test('grey values are little-endian; a film that arrived in part is refused', async (t) => {
  serve(t, [
    new Response(Uint8Array.of(1, 0, 0, 1, 255, 255), { headers }),
    new Response(Uint8Array.of(1, 0, 0, 1), { headers }),
  ]);
  const page = api();
  t.strictSame([...(await page.grey16('f')).values], [1, 256, 65535]);
  await t.rejects(page.grey16('f'), { code: 'unreadable', message: /4 of 6 bytes/ });
});

t.test('an id is part of a path, whatever it holds', async (t) => {
  const requests = serve(t, [answer(404, { code: 'not-found', detail: 'No.' })]);
  await t.rejects(api().detection('../users', { minScore: 0 }), { message: 'No.', status: 404 });
  t.equal(requests[0]?.path, '/v1/detections/..%2Fusers?minScore=0');
});
