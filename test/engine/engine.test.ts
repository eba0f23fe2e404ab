import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { greySharp, tiff } from '../imaging/files.js';
import { compileChildren } from './compiledChildren.js';
import { engines, film, isScore, ordered, scoreOf, until } from './started.js';
import { tinyOnnx, writeTinyModel } from './tinyModel.js';

const children = compileChildren(t.testdir());
const start = engines(children);

/** Children that obey orders, under a provider that takes batches. */
const faulty = {
  executionProviders: ['cuda'],
  decoderModule: children.faulty.decoder,
  runnerModule: children.faulty.runner,
};

t.test('a film comes back as the boxes that its network finds', async (t) => {
  const { engine, batches, lines } = await start(t);
  t.match(engine.status(), {
    state: 'ready',
    provider: 'cpu',
    queuedFilms: 0,
    queuedBytes: 0,
  });
  t.same([...engine.models.keys()], ['tiny']);

  // The left half is black, the right half white: cells 2 and 4 of four.
  const half = Uint8Array.from({ length: 128 * 128 }, (_, i) => (i % 128 < 64 ? 0 : 255));
  const analysis = await engine.analyse({ bytes: await greySharp(half, 128, 128).png().toBuffer(), model: 'tiny' });
  t.match(analysis, {
    kind: 'analysed',
    provider: 'cpu',
    batchSize: 1,
    film: { width: 128, height: 128, format: 'png', bits: 8 },
  });
  if (analysis.kind !== 'analysed') return;
  // Black: σ(−4) = 0.018, under the floor. White: σ(4), and boxes of twice the anchor, since the film is twice the
  // input.
  const score = Math.round(scoreOf(255) * 1e6) / 1e6;
  t.match(
    analysis.detection.candidates.map(({ box, score }) => ({ ...box, score })),
    [
      { x: 64, y: 0, width: 64, height: 64, score },
      { x: 64, y: 64, width: 64, height: 64, score },
    ],
  );
  t.ok(Object.values(analysis.timings).every((ms) => ms >= 0 && Number.isFinite(ms)));
  t.same(batches, [1]);

  const all = await engine.analyse({
    bytes: await greySharp(half, 128, 128).png().toBuffer(),
    model: 'tiny',
    floor: 0,
  });
  t.equal(all.kind === 'analysed' && all.detection.candidates.length, 4, 'a floor of 0 keeps everything that NMS left');

  const deep = new Uint16Array(64 * 64).fill(40_000);
  const tall = await engine.analyse({ bytes: tiff({ width: 64, height: 64, samples: deep }), model: 'tiny' });
  // 40000 · 255 / 65535 = 155.6, a byte of 156
  isScore(t, tall, 156);
  t.ok(lines.includes('runner: the runner is ready'));
});

t.test('a film that is refused is refused with its code, and the next one is analysed', async (t) => {
  const { engine, restarts } = await start(t, { maxPixels: 10_000 });
  const refused = (bytes: Buffer, code: string) =>
    t.rejects(engine.analyse({ bytes, model: 'tiny' }), { name: 'AnalysisRefused', code }, code);
  await refused(Buffer.from('not a film'), 'unsupported-image');
  await refused((await film(9)).subarray(0, 60), 'broken-image');
  await refused(
    await greySharp(new Uint8Array(101 * 100), 101, 100)
      .png()
      .toBuffer(),
    'image-too-large',
  );
  await refused(await greySharp(new Uint8Array(9), 3, 3).png().toBuffer(), 'image-too-small');
  await t.rejects(engine.analyse({ bytes: await film(9), model: 'large' }), {
    name: 'AnalysisRefused',
    code: 'unknown-model',
  });
  isScore(t, await engine.analyse({ bytes: await film(100), model: 'tiny' }), 100);
  t.same(restarts, []);
  t.match(engine.status(), { queuedFilms: 0, queuedBytes: 0 });
});

t.test('the queue is bounded by films and by bytes', async (t) => {
  await rm(children.faulty.gate, { force: true });
  const { engine } = await start(t, { ...faulty, maxFilms: 3, maxBytes: 5000 });
  t.ok(engine.hasRoomFor(1e9), 'a film on its own is always taken');
  const blocking = engine.analyse({ bytes: await film(ordered.waitsForGate), model: 'tiny' });
  t.notOk(engine.hasRoomFor(5000));
  await t.rejects(engine.analyse({ bytes: Buffer.concat([await film(9), Buffer.alloc(5000)]), model: 'tiny' }), {
    name: 'AnalysisRefused',
    code: 'queue-full',
  });
  const others = [
    engine.analyse({ bytes: await film(50), model: 'tiny' }),
    engine.analyse({ bytes: await film(60), model: 'tiny' }),
  ];
  t.notOk(engine.hasRoomFor(1));
  await t.rejects(engine.analyse({ bytes: await film(70), model: 'tiny' }), { code: 'queue-full' });
  t.match(engine.status(), { queuedFilms: 3 });
  await writeFile(children.faulty.gate, '');
  isScore(t, await blocking, ordered.waitsForGate);
  isScore(t, (await Promise.all(others))[1]!, 60);
  t.match(engine.status(), { queuedFilms: 0, queuedBytes: 0 });
  t.ok(engine.hasRoomFor(5000));
});

t.test(
  'a film whose deadline passes in the queue fails without harm to the child, which goes on with its work',
  async (t) => {
    await rm(children.faulty.gate, { force: true });
    const { engine, restarts, batches } = await start(t, { ...faulty, deadlineMs: 2000, killGraceMs: 60_000 });
    const [blocking, ...others] = await Promise.all([ordered.waitsForGate, 50, 60].map(film));
    const send = (bytes: Buffer) => engine.analyse({ bytes, model: 'tiny' });
    const first = send(blocking!);
    await until(() => batches.length === 1);
    const late = await Promise.all([first, ...others.map(send)]);
    for (const analysis of late) t.match(analysis, { kind: 'failed', code: 'deadline' });
    t.match(engine.status(), { queuedFilms: 0, queuedBytes: 0 });
    await writeFile(children.faulty.gate, '');
    isScore(t, await send(await film(70)), 70);
    t.same(restarts, [], 'a child that took the film less than killGraceMs ago is not ended for it');
  },
);

t.test('while a child can not start again films wait; once it can, they are analysed', async (t) => {
  const { engine, lines } = await start(t);
  const onnx = join(t.testdirName, 'tiny/model.onnx');
  await copyFile(onnx, `${onnx}.whole`);
  await writeFile(onnx, tinyOnnx('swapped'));
  process.kill(engine.status().children.runnerPids[0]!, 'SIGKILL');
  const refusals = () => lines.filter((line) => line.includes('cut short, swapped or changed')).length;
  await until(() => refusals() >= 2);
  t.equal(engine.status().state, 'restarting');
  const waiting = engine.analyse({ bytes: await film(60), model: 'tiny' });
  await copyFile(`${onnx}.whole`, onnx);
  isScore(t, await waiting, 60);
  t.equal(engine.status().state, 'ready');
});

t.test('an engine that can not start says why', async (t) => {
  const cuda = { executionProviders: ['cuda'], requireProvider: 'cuda' };
  await t.rejects(start(t, { executionProviders: ['nonsense'] }), {
    message: /The runner could not start: No execution provider runs \(nonsense: /,
  });
  if (!existsSync('node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so')) {
    await t.rejects(start(t, cuda), {
      message: /The runner could not start: .*cuda is required and does not run.*npm run cuda:install/,
    });
  }
  await t.rejects(start(t, { decoderModule: new URL('./nowhere.js', children.decoder) }), {
    message: /The decoder could not start: exit code 1/,
  });
  const { silent } = children.faulty;
  await t.rejects(start(t, { decoderModule: silent, runnerModule: silent, startTimeoutMs: 100 }), {
    message: /could not start: not ready after 100 ms/,
  });
});

t.test('close lets films in flight finish, takes no new ones, and leaves no process behind', async (t) => {
  const { engine } = await start(t);
  const { decoderPids, runnerPids } = engine.status().children;
  const films = await Promise.all([30, 60, 90].map(film));
  const flying = Promise.all(films.map((bytes) => engine.analyse({ bytes, model: 'tiny' })));
  const closed = engine.close();
  await t.rejects(engine.analyse({ bytes: await film(9), model: 'tiny' }), {
    name: 'AnalysisRefused',
    code: 'not-ready',
  });
  (await flying).forEach((analysis, i) => {
    isScore(t, analysis, [30, 60, 90][i]!);
  });
  await closed;
  t.equal(engine.status().state, 'stopped');
  for (const pid of [...decoderPids, ...runnerPids]) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

const needsProc = { skip: existsSync('/proc/self/environ') ? false : 'no /proc here' };

t.test(
  'the process that serves loads no native image or network code, and its children do not outlive it',
  needsProc,
  async (t) => {
    const modelsDir = t.testdir();
    await writeTinyModel(modelsDir);
    const host = spawn(process.execPath, [fileURLToPath(children.host), modelsDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] },
    });
    const [line] = (await once(createInterface({ input: host.stdout }), 'line')) as [string];
    const { pids, own, decoder, runner } = JSON.parse(line) as {
      pids: number[];
      own: string[];
      decoder: string[];
      runner: string[];
    };
    t.same({ own, decoder, runner }, { own: [], decoder: ['libvips'], runner: ['libonnxruntime'] });
    host.kill('SIGKILL');
    // Ends by itself only once every child is gone.
    await until(() => pids.every((pid) => !existsSync(`/proc/${pid}`)));
    t.equal(pids.length, 2);
  },
);

t.test('the children get no secrets', needsProc, async (t) => {
  process.env['DATABASE_URL'] = 'postgres://secret';
  process.env['TOKEN_KEY'] = 'secret';
  t.teardown(() => {
    delete process.env['DATABASE_URL'];
    delete process.env['TOKEN_KEY'];
  });
  const { engine } = await start(t);
  const { decoderPids, runnerPids } = engine.status().children;
  for (const pid of [...decoderPids, ...runnerPids]) {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .map((line) => line.split('=', 1)[0]);
    t.ok(environment.includes('PATH'));
    t.ok(environment.includes('MALLOC_ARENA_MAX'), 'heaps of many threads cost memory');
    t.ok(environment.includes('MALLOC_MMAP_THRESHOLD_'), 'so do large blocks that are never given back');
    t.notOk(environment.includes('DATABASE_URL') || environment.includes('TOKEN_KEY'));
  }
});
