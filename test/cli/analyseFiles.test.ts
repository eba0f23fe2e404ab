import { writeFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { analyseFiles } from '../../src/cli/detect/analyseFiles.js';
import type { Engine } from '../../src/engine/index.js';
import { analysedWith, fakeEngine, spec } from '../http/fakes.js';

/** An engine that answers a turn of the loop later, and remembers how many films it had at once. */
function countingEngine(filmsToKeepBusy: number): { engine: Engine; most: () => number } {
  const fake = fakeEngine();
  let [flying, most] = [0, 0];
  const engine: Engine = {
    ...fake,
    status: () => ({ ...fake.status(), filmsToKeepBusy }),
    analyse: async ({ bytes }) => {
      flying += 1;
      most = Math.max(most, flying);
      await new Promise((resolve) => setTimeout(resolve, 5));
      flying -= 1;
      return analysedWith(bytes.subarray(0, 8), 0.9);
    },
  };
  return { engine, most: () => most };
}

function files(folder: string, count: number, sizeBytes: number) {
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, `${i}.png`);
    writeFileSync(path, 'film');
    // A hole: it takes no room on the disk.
    truncateSync(path, sizeBytes);
    return { path, name: `${i}.png` };
  });
}

async function analysed(engine: Engine, films: ReturnType<typeof files>): Promise<string[]> {
  const model = { spec, onnxPath: '', specSha256: '', specText: '', folder: '', card: null };
  const names: string[] = [];
  for await (const { film } of analyseFiles(films, engine, model, undefined)) names.push(film.name);
  return names;
}

t.test('a command with many films keeps the whole pool busy, and gives its reports in order', async (t) => {
  const films = files(t.testdir(), 40, 100);
  const { engine, most } = countingEngine(13);
  t.strictSame(
    await analysed(engine, films),
    films.map(({ name }) => name),
  );
  t.equal(most(), 13);
});

t.test('of large films no more are in memory than 512 MiB, and one that is larger is still taken', async (t) => {
  const large = countingEngine(13);
  const folder = t.testdir();
  await analysed(large.engine, files(folder, 5, 200 * 2 ** 20));
  t.equal(large.most(), 2);
  const huge = countingEngine(13);
  t.equal((await analysed(huge.engine, files(folder, 2, 600 * 2 ** 20))).length, 2);
  t.equal(huge.most(), 1);
});

t.test('a file that is not there is reported, not thrown', async (t) => {
  const { engine } = countingEngine(2);
  const gone = { path: join(t.testdir(), 'gone.png'), name: 'gone.png' };
  t.strictSame(await analysed(engine, [gone]), ['gone.png']);
});
