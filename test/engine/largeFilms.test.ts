import { createHash } from 'node:crypto';
import t from 'tap';
import { compileChildren } from './compiledChildren.js';
import { engines, film, until } from './started.js';

const children = compileChildren(t.testdir());
const start = engines(children);

const mebibyte = 2 ** 20;

/** A film with so many bytes after its end, which are part of the file and belong to its hash. */
async function largeFilm(level: number, sizeBytes: number): Promise<{ bytes: Buffer; sha256: string }> {
  const head = await film(level);
  const bytes = Buffer.alloc(Math.max(sizeBytes, head.length), level);
  head.copy(bytes);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

t.test('films of any size reach the decoder whole, and no copy of them is made on the way', async (t) => {
  const { engine, restarts } = await start(t, { maxBytes: 1e9, decoders: 2, runners: 1 });
  const sizes = [0, 65_536, 65_537, mebibyte - 1, 7 * mebibyte, 60 * mebibyte];
  const films = await Promise.all(sizes.map((size, i) => largeFilm(50 + i, size)));
  const heldBefore = process.memoryUsage().arrayBuffers;
  const flying = films.map(({ bytes }) => engine.analyse({ bytes, model: 'tiny' }));
  const held = process.memoryUsage().arrayBuffers - heldBefore;
  t.ok(held < 4 * mebibyte, `${held} bytes more are held for films on their way`);
  (await Promise.all(flying)).forEach((analysis, i) => {
    t.match(analysis, { kind: 'analysed', film: { sha256: films[i]!.sha256 } });
  });
  t.strictSame(restarts, []);
});

t.test('a decoder that ends in the middle of a large film costs the film nothing', async (t) => {
  const { engine, restarts } = await start(t, { maxBytes: 1e9, runners: 1 });
  const [large, next] = await Promise.all([largeFilm(60, 60 * mebibyte), largeFilm(61, 100)]);
  const flying = Promise.all([large, next].map(({ bytes }) => engine.analyse({ bytes, model: 'tiny' })));
  process.kill(engine.status().children.decoderPids[0]!, 'SIGKILL');
  await until(() => restarts.length > 0);
  for (const [i, analysis] of (await flying).entries())
    t.match(analysis, { kind: 'analysed', film: { sha256: [large, next][i]!.sha256 } });
  t.strictSame(restarts, ['decoder crash']);
});
