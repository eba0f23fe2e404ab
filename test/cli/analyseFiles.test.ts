import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { analyseFiles } from '../../src/cli/detect/analyseFiles.js';
import type { Engine } from '../../src/engine/index.js';
import { until } from '../engine/started.js';
import { analysedWith, fakeEngine, spec } from '../http/fakes.js';

const model = { spec, onnxPath: '', specSha256: '', specText: '', folder: '', card: null };

/** An engine that keeps its films until it may answer, and remembers how many it had at once. */
function holdingEngine(filmsToKeepBusy: number) {
  const fake = fakeEngine();
  let [flying, most] = [0, 0];
  let answer = (): void => undefined;
  const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
  const engine: Engine = {
    ...fake,
    status: () => ({ ...fake.status(), filmsToKeepBusy }),
    analyse: async ({ bytes }) => {
      flying += 1;
      most = Math.max(most, flying);
      await mayAnswer;
      flying -= 1;
      return analysedWith(bytes, 0.9);
    },
  };
  return { engine, answer, flying: () => flying, most: () => most };
}

function files(folder: string, count: number, sizeBytes: number) {
  return Array.from({ length: count }, (_, i) => {
    const path = join(folder, `${i}.png`);
    writeFileSync(path, Buffer.alloc(sizeBytes, 1));
    return { path, name: `${i}.png` };
  });
}

async function namesOf(reports: AsyncIterable<{ film: { name: string } }>): Promise<string[]> {
  const names: string[] = [];
  for await (const { film } of reports) names.push(film.name);
  return names;
}

t.test('a command with many films keeps the whole pool busy, and gives its reports in order', async (t) => {
  const films = files(t.testdir(), 40, 100);
  const { engine, answer, flying, most } = holdingEngine(13);
  const names = namesOf(analyseFiles(films, engine, model, undefined));
  await until(() => flying() === 13);
  answer();
  t.strictSame(
    await names,
    films.map(({ name }) => name),
  );
  t.equal(most(), 13);
});

t.test('of large films no more are in memory than may be, and one that is larger is still taken', async (t) => {
  const { engine, answer, flying, most } = holdingEngine(13);
  const films = [...files(t.testdir(), 5, 100)];
  const names = namesOf(analyseFiles(films, engine, model, undefined, 250));
  await until(() => flying() === 2);
  answer();
  t.equal((await names).length, 5);
  t.equal(most(), 2);

  const larger = holdingEngine(13);
  larger.answer();
  t.equal((await namesOf(analyseFiles(films, larger.engine, model, undefined, 50))).length, 5);
  t.equal(larger.most(), 1);
});

t.test('a file that is not there is reported, not thrown', async (t) => {
  const { engine, answer } = holdingEngine(2);
  answer();
  const gone = { path: join(t.testdir(), 'gone.png'), name: 'gone.png' };
  t.strictSame(await namesOf(analyseFiles([gone], engine, model, undefined)), ['gone.png']);
});
