import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type Analysis, type Engine, type EngineOptions, startEngine } from '../../src/engine/index.js';
import { loadRegistry } from '../../src/registry/index.js';
import { greySharp, tiff } from '../imaging/files.js';
import { compileChildren } from './compiledChildren.js';
import { logitOf, tinyOnnx, writeTinyModel } from './tinyModel.js';

const children = compileChildren(t.testdir());

interface Started {
  readonly engine: Engine;
  /** Lines that went to the log, with the child that they came from. */
  readonly lines: string[];
  readonly batches: number[];
  readonly restarts: string[];
}

async function start(test: Test, changes: Partial<EngineOptions> = {}): Promise<Started> {
  const modelsDir = test.testdir();
  await writeTinyModel(modelsDir);
  const { models } = await loadRegistry({ modelsDir });
  const lines: string[] = [];
  const log = (context: object, message: string) =>
    void lines.push(`${'child' in context ? String(context.child) : ''}: ${message}`);
  const batches: number[] = [];
  const restarts: string[] = [];
  const engine = await startEngine({
    models,
    executionProviders: ['cpu'],
    maxFilms: 64,
    maxBytes: 1e8,
    deadlineMs: 60_000,
    maxPixels: 1e7,
    decoders: 1,
    threads: 1,
    logger: { info: log, warn: log, error: log },
    decoderModule: children.decoder,
    runnerModule: children.runner,
    ...changes,
  });
  engine.observe({
    onBatch: ({ films }) => void batches.push(films),
    onRestart: (child, reason) => void restarts.push(`${child} ${reason}`),
  });
  test.teardown(() => engine.close());
  return { engine, lines, batches, restarts };
}

/** Children that obey orders, under a provider that takes batches. */
const faulty = {
  executionProviders: ['cuda'],
  decoderModule: children.faulty.decoder,
  runnerModule: children.faulty.runner,
};

/** Films of one grey level on which the faulty runner misbehaves (test/engine/children/runner.ts). */
const ordered = { crash: 1, hang: 2, notANumber: 3, throws: 4, waitsForGate: 5 };

const film = (level: number) =>
  greySharp(new Uint8Array(64 * 64).fill(level), 64, 64)
    .png()
    .toBuffer();
const withOrder = async (level: number, order: string) => Buffer.concat([await film(level), Buffer.from(`#${order}`)]);

/** The score of every box of a flat film, by hand: σ(8 · level/255 − 4) · σ(20). */
const scoreOf = (level: number) => sigmoid(logitOf(level / 255)) * sigmoid(20);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function isScore(t: Test, analysis: Analysis, level: number): void {
  const found = analysis.kind === 'analysed' ? analysis.detection.filmScore : NaN;
  t.ok(
    Math.abs(found - scoreOf(level)) < 2e-5,
    `level ${level}: ${analysis.kind} ${found}, by hand ${scoreOf(level).toFixed(6)}`,
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

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

t.test('with children that crash, hang, throw and talk nonsense', async (t) => {
  const { engine, batches, restarts, lines } = await start(t, faulty);
  const send = async (bytes: Promise<Buffer> | Buffer) => engine.analyse({ bytes: await bytes, model: 'tiny' });
  const closeGate = () => rm(children.faulty.gate, { force: true });
  const openGate = () => writeFile(children.faulty.gate, '');
  const decodedFilms = () => lines.filter((line) => line === 'decoder: decoded').length;

  /** Holds the runner with one film until so many of the others lie ready: then they form batches. */
  const together = async (films: readonly (Promise<Buffer> | Buffer)[], ready: number) => {
    await closeGate();
    const decodedBefore = decodedFilms();
    const blocking = send(film(ordered.waitsForGate));
    await until(() => decodedFilms() > decodedBefore);
    const answers = films.map(send);
    // A film’s line is written before its answer is: one more than are needed.
    await until(() => decodedFilms() >= decodedBefore + 1 + ready);
    await openGate();
    isScore(t, await blocking, ordered.waitsForGate);
    return Promise.all(answers);
  };

  t.beforeEach(() => {
    batches.length = 0;
    restarts.length = 0;
  });

  await t.test('films that are ready run together, up to the limit of the model', async (t) => {
    const levels = [40, 80, 120, 160, 200, 240, 30, 70, 110, 150];
    // Two batches of four are decoded ahead at most.
    const answers = await together(levels.map(film), 8);
    answers.forEach((analysis, i) => {
      isScore(t, analysis, levels[i]!);
    });
    t.same(batches.slice(0, 2), [1, 4]);
    t.equal(
      batches.reduce((sum, films) => sum + films),
      11,
    );
    t.ok(batches.every((films) => films <= 4));
    t.match(answers[0], { kind: 'analysed', batchSize: 4, provider: 'cuda' });
    t.same(restarts, []);
  });

  await t.test('heads that are no numbers fail their own film only', async (t) => {
    const answers = await together([film(40), film(ordered.notANumber), film(80), film(90), film(91)], 5);
    isScore(t, answers[0]!, 40);
    t.match(answers[1], { kind: 'failed', code: 'engine-failed', detail: /NaN|finite/, film: { width: 64 } });
    isScore(t, answers[2]!, 80);
    t.same(restarts, [], 'no child was harmed');
  });

  await t.test('a film that crashes the runner fails alone, its neighbours are analysed', async (t) => {
    const answers = await together([film(40), film(ordered.crash), film(80), film(90), film(91)], 5);
    for (const [i, level] of [
      [0, 40],
      [2, 80],
      [3, 90],
      [4, 91],
    ] as const)
      isScore(t, answers[i]!, level);
    t.match(answers[1], {
      kind: 'failed',
      code: 'engine-failed',
      detail: /ended 2 times.*alone.*runner: signal SIGABRT/,
    });
    t.same(restarts, ['runner crash', 'runner crash', 'runner crash'], 'once together, twice alone');
    t.same(batches.slice(0, 2), [1, 4]);
    t.ok(batches.slice(2).filter((films) => films > 1).length <= 1, 'what was in flight runs alone from then on');
  });

  await t.test(
    'a run that throws counts as a crash: the film is tried again in a new process, neighbours are unharmed',
    async (t) => {
      const answers = await together([film(40), film(ordered.throws), film(80), film(90), film(91)], 5);
      isScore(t, answers[0]!, 40);
      isScore(t, answers[4]!, 91);
      t.match(answers[1], { kind: 'failed', code: 'engine-failed', detail: /thrown on order/ });
      t.same(restarts, ['runner crash', 'runner crash', 'runner crash']);
    },
  );

  await t.test('a film that crashes the decoder is tried once more', async (t) => {
    const trace = join(t.testdir(), 'crashed');
    isScore(t, await send(withOrder(77, `crash-once ${trace}`)), 77);
    t.same(restarts, ['decoder crash']);
    const [poison, neighbour] = await Promise.all([send(withOrder(77, 'crash')), send(film(78))]);
    t.match(poison, { kind: 'failed', code: 'engine-failed', detail: /ended 2 times.*decoder/ });
    t.notOk('film' in poison, 'it was never decoded');
    isScore(t, neighbour, 78);
    t.same(restarts, ['decoder crash', 'decoder crash', 'decoder crash']);
  });

  await t.test(
    'an error in the decoder that is none of the film’s fails the film and leaves the child alive',
    async (t) => {
      t.match(await send(withOrder(77, 'throw')), { kind: 'failed', code: 'engine-failed', detail: /thrown on order/ });
      isScore(t, await send(film(78)), 78);
      t.same(restarts, []);
    },
  );
});

t.test('a film that hangs a child is answered at its deadline, and the child is replaced', async (t) => {
  const { engine, restarts } = await start(t, { ...faulty, deadlineMs: 2500, killGraceMs: 100 });
  const send = async (bytes: Promise<Buffer>) => engine.analyse({ bytes: await bytes, model: 'tiny' });
  const recovered = async (level: number) => {
    await until(() => engine.status().state === 'ready');
    isScore(t, await send(film(level)), level);
  };
  t.match(await send(film(ordered.hang)), { kind: 'failed', code: 'deadline', detail: /2500 ms/, film: { width: 64 } });
  await until(() => restarts.length === 1);
  await recovered(50);
  const hung = await send(withOrder(77, 'hang'));
  t.match(hung, { kind: 'failed', code: 'deadline' });
  t.notOk('film' in hung);
  await until(() => restarts.length === 2);
  await recovered(60);
  t.same(restarts, ['runner deadline', 'decoder deadline']);
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

t.test('kill -9 of either child under load: every film is answered, and as if nothing had happened', async (t) => {
  const { engine, restarts } = await start(t, { decoders: 2 });
  const levels = Array.from({ length: 60 }, (_, i) => 20 + i * 3);
  let answered = 0;
  const answers = levels.map(async (level) => {
    const analysis = await engine.analyse({ bytes: await film(level), model: 'tiny' });
    answered += 1;
    return analysis;
  });
  const killAt = async (films: number, pid: () => number | null | undefined) => {
    let target: number | null | undefined;
    await until(() => answered >= films && typeof (target = pid()) === 'number');
    process.kill(target!, 'SIGKILL');
  };
  await killAt(5, () => engine.status().children.runnerPids[0]);
  await killAt(20, () => engine.status().children.decoderPids[0]);
  await killAt(30, () => engine.status().children.decoderPids[1]);
  await killAt(40, () => engine.status().children.runnerPids[0]);
  (await Promise.all(answers)).forEach((analysis, i) => {
    isScore(t, analysis, levels[i]!);
  });
  await until(() => restarts.length === 4 && engine.status().state === 'ready');
  t.same([...restarts].sort(), ['decoder crash', 'decoder crash', 'runner crash', 'runner crash']);
});

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
    t.notOk(environment.includes('DATABASE_URL') || environment.includes('TOKEN_KEY'));
  }
});
