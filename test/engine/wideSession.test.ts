import { rm, writeFile } from 'node:fs/promises';
import t from 'tap';
import { shareThreads } from '../../src/engine/shareThreads.js';
import { compileChildren } from './compiledChildren.js';
import { engines, film, isScore, ordered, until } from './started.js';

const children = compileChildren(t.testdir());
const start = engines(children);
const { gate, decoder: decoderModule, runner: runnerModule } = children.faulty;
/** Runners that say on how many threads they ran each film. */
const telling = { decoderModule, runnerModule };

t.test('the threads are shared among the runners, and one runner can use all of them', (t) => {
  t.strictSame(shareThreads(2), [
    { threads: 1, wideThreads: 2 },
    { threads: 1, wideThreads: null },
  ]);
  t.strictSame(shareThreads(1), [{ threads: 1, wideThreads: null }], 'a machine with one core has one runner');
  t.strictSame(
    shareThreads(8, 1),
    [{ threads: 8, wideThreads: null }],
    'a runner that has all needs no second session',
  );
  t.strictSame(shareThreads(2, 3)[0], { threads: 1, wideThreads: 2 }, 'more runners than cores: a thread each');
  t.strictSame(shareThreads(64)[0], { threads: 4, wideThreads: 64 }, 'at most 16 runners, if nobody asks for more');
  t.equal(shareThreads(64).length, 16);
  t.end();
});

t.test("a film that is alone runs on all threads, films that are not run side by side on their runner's", async (t) => {
  await rm(gate, { force: true });
  const { engine, lines, batches } = await start(t, { ...telling, threads: 4, runners: 2, killGraceMs: 60_000 });
  const send = async (level: number) => engine.analyse({ bytes: await film(level), model: 'tiny' });
  const ran = () => lines.filter((line) => line.startsWith('runner: ran '));

  isScore(t, await send(50), 50);
  isScore(t, await send(60), 60);
  await until(() => ran().length === 2);
  t.strictSame(ran(), ['runner: ran 50 on 4 threads', 'runner: ran 60 on 4 threads']);

  const blocking = send(ordered.waitsForGate);
  await until(() => batches.length === 3);
  isScore(t, await send(70), 70);
  await until(() => ran().length === 4);
  t.strictSame(
    ran().slice(2),
    ['runner: ran 5 on 4 threads', 'runner: ran 70 on 2 threads'],
    'the pool is busy: the second film does not wait for all threads',
  );
  await writeFile(gate, '');
  isScore(t, await blocking, ordered.waitsForGate);
});

t.test('while a runner is busy with a film that was given up, the next film does not count as alone', async (t) => {
  await rm(gate, { force: true });
  const options = { ...telling, threads: 4, runners: 2, deadlineMs: 4000, killGraceMs: 60_000 };
  const { engine, lines } = await start(t, options);
  const send = async (level: number) => engine.analyse({ bytes: await film(level), model: 'tiny' });
  t.match(await send(ordered.waitsForGate), { kind: 'failed', code: 'deadline' });
  t.equal(engine.status().queuedFilms, 0);
  isScore(t, await send(70), 70);
  await until(() => lines.some((line) => line.startsWith('runner: ran 70')));
  t.ok(lines.includes('runner: ran 70 on 2 threads'));
});

t.test('an engine has as many runners as threads unless it is told another number', async (t) => {
  const { engine } = await start(t, { threads: 2 });
  t.equal(engine.status().children.runnerPids.length, 2);
  t.match(engine.status().children, { readyRunners: 2, readyDecoders: 1 });
  isScore(t, await engine.analyse({ bytes: await film(60), model: 'tiny' }), 60);

  const single = await start(t, { threads: 1 });
  t.equal(single.engine.status().children.runnerPids.length, 1);

  const crowded = await start(t, { threads: 1, runners: 2 });
  t.equal(crowded.engine.status().children.runnerPids.length, 2);
  t.match(crowded.lines.join('\n'), /more runners \(RUNNERS\) than threads for them \(INTRA_OP_THREADS\)/);
});

t.test('on a device that takes batches there is one runner, which needs no session for a film alone', async (t) => {
  await writeFile(gate, '');
  const { engine, lines } = await start(t, { ...telling, threads: 4, executionProviders: ['cuda', 'cpu'] });
  t.equal(engine.status().children.runnerPids.length, 1);
  isScore(t, await engine.analyse({ bytes: await film(60), model: 'tiny' }), 60);
  await until(() => lines.includes('runner: ran 60 on 4 threads'));
  t.strictSame(
    lines.filter((line) => line.startsWith('runner: opened')),
    ['runner: opened for 4 threads'],
  );
});
