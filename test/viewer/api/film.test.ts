import t from 'tap';
import { createApi } from '../../../src/viewer/api/index.js';
import { answer, serve } from './server.js';

/** A film is taken whole or not at all. */

const api = () =>
  createApi({
    signInAgain: () => Promise.reject(new Error('not asked for here')),
    userChanged: () => Promise.reject(new Error('not asked for here')),
  });
const headers = { 'x-film-width': '3', 'x-film-height': '1', 'x-film-bits': '12', 'x-film-channels': '1' };

t.test('the picture comes with the size and depth of what is kept', async (t) => {
  serve(t, [new Response('png', { headers: { ...headers, 'x-pixels-sha256': 'ab' } })]);
  const { blob, ...facts } = await api().film('f');
  t.strictSame(facts, { width: 3, height: 1, bits: 12, channels: 1, pixelsSha256: 'ab' });
  t.equal(await blob.text(), 'png');
});

t.test('a picture whose size is not said can’t be read', async (t) => {
  for (const width of ['', '0', '1.5', 'wide']) {
    serve(t, [new Response('png', { headers: { ...headers, 'x-film-width': width } })]);
    await t.rejects(api().film('f'), { code: 'unreadable', message: /x-film-width/ }, width);
  }
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
