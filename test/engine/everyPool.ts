import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { compileChildren } from './compiledChildren.js';
import { engines, film, isScore, ordered, until, withOrder } from './started.js';

/** What holds of an engine with this number of runners: crashes, deadlines, strikes and batches, in each of them. */
export async function everyPool(t: Test, runners: number): Promise<void> {
  const children = compileChildren(t.testdir());
  const start = engines(children);
  const { gate, decoder: decoderModule, runner: runnerModule } = children.faulty;
  /** Children that obey orders, under a provider that takes batches. */
  const faulty = { executionProviders: ['cuda'], decoderModule, runnerModule, runners };
  const closeGate = () => rm(gate, { force: true });
  const openGate = () => writeFile(gate, '');

  await t.test('with children that crash, throw and talk nonsense', async (t) => {
    const { engine, batches, restarts, lines } = await start(t, faulty);
    const send = async (bytes: Promise<Buffer> | Buffer) => engine.analyse({ bytes: await bytes, model: 'tiny' });
    const decodedFilms = () => lines.filter((line) => line === 'decoder: decoded').length;
    const whole = () => engine.status().children.readyRunners === runners;

    /** Gives so many runners (all, if not said) a film that waits for the gate. */
    const hold = async (held = runners) => {
      await until(whole);
      await closeGate();
      const before = batches.length;
      const blocking: ReturnType<typeof send>[] = [];
      // One after the other: together they would form a batch.
      for (let i = 1; i <= held; i++) {
        blocking.push(send(film(ordered.waitsForGate)));
        await until(() => batches.length === before + i);
      }
      batches.length = 0;
      return blocking;
    };
    /** Holds all runners until so many films lie ready: then they form batches. */
    const together = async (films: readonly (Promise<Buffer> | Buffer)[], ready: number) => {
      const blocking = await hold();
      const decodedBefore = decodedFilms();
      const answers = films.map(send);
      await until(() => decodedFilms() >= decodedBefore + ready);
      await openGate();
      for (const analysis of await Promise.all(blocking)) isScore(t, analysis, ordered.waitsForGate);
      return Promise.all(answers);
    };

    t.beforeEach(async () => {
      await until(whole);
      restarts.length = 0;
    });

    await t.test('films that are ready run together, up to the limit of the model', async (t) => {
      const levels = [40, 80, 120, 160, 200, 240, 30, 70, 110, 150];
      // A batch of four for each runner and one more are decoded ahead, at most.
      const answers = await together(levels.map(film), Math.min(levels.length, 4 * (runners + 1)));
      answers.forEach((analysis, i) => {
        isScore(t, analysis, levels[i]!);
      });
      t.equal(batches[0], 4);
      t.equal(
        batches.reduce((sum, films) => sum + films),
        10,
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
      t.equal(batches[0], 4);
      t.ok(batches.slice(1).filter((films) => films > 1).length <= 1, 'what was in flight runs alone from then on');
    });

    await t.test(
      'a run that throws counts as a crash: the film is tried again in a new process, neighbours are unharmed',
      async (t) => {
        const answers = await together([film(40), film(ordered.throws), film(80), film(90), film(91)], 5);
        isScore(t, answers[0]!, 40);
        isScore(t, answers[4]!, 91);
        t.match(answers[1], { kind: 'failed', code: 'engine-failed', detail: /thrown on order/ });
        // The answer does not wait for the end of the process.
        await until(() => restarts.length >= 3);
        t.same(restarts, ['runner crash', 'runner crash', 'runner crash']);
      },
    );

    await t.test('a film that kills each runner it meets fails, and harms no film in another runner', async (t) => {
      const running = await hold(runners - 1);
      t.match(await send(film(ordered.crash)), { kind: 'failed', code: 'engine-failed', detail: /ended 2 times/ });
      await openGate();
      for (const analysis of await Promise.all(running)) isScore(t, analysis, ordered.waitsForGate);
      t.same(restarts, ['runner crash', 'runner crash'], 'nobody met it a third time');
    });

    await t.test(
      'kill -9 of one runner while all run: its film is tried again, the others notice nothing',
      async (t) => {
        const running = await hold();
        process.kill(engine.status().children.runnerPids[0]!, 'SIGKILL');
        await until(() => restarts.length === 1);
        t.equal(engine.status().children.readyRunners, runners - 1);
        t.equal(engine.status().state, runners > 1 ? 'ready' : 'restarting', 'ready while any runner is');
        await openGate();
        for (const analysis of await Promise.all(running)) isScore(t, analysis, ordered.waitsForGate);
        await until(whole);
        t.equal(engine.status().state, 'ready');
        t.same(restarts, ['runner crash']);
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
      "an error in the decoder that is none of the film's fails the film and leaves the child alive",
      async (t) => {
        const thrown = { kind: 'failed', code: 'engine-failed', detail: /thrown on order/ };
        t.match(await send(withOrder(77, 'throw')), thrown);
        isScore(t, await send(film(78)), 78);
        t.same(restarts, []);
      },
    );
  });

  await t.test('a film that hangs a child is answered at its deadline, and the child is replaced', async (t) => {
    const { engine, restarts } = await start(t, { ...faulty, deadlineMs: 2500, killGraceMs: 100 });
    const send = async (bytes: Promise<Buffer>) => engine.analyse({ bytes: await bytes, model: 'tiny' });
    const recovered = async (level: number) => {
      await until(() => engine.status().state === 'ready' && engine.status().children.readyRunners === runners);
      isScore(t, await send(film(level)), level);
    };
    const late = { kind: 'failed', code: 'deadline', detail: /2500 ms/, film: { width: 64 } };
    t.match(await send(film(ordered.hang)), late);
    await until(() => restarts.length === 1);
    await recovered(50);
    const hung = await send(withOrder(77, 'hang'));
    t.match(hung, { kind: 'failed', code: 'deadline' });
    t.notOk('film' in hung);
    await until(() => restarts.length === 2);
    await recovered(60);
    t.same(restarts, ['runner deadline', 'decoder deadline'], 'no other runner is ended for it');
  });

  await t.test('kill -9 of any child under load: every film is answered, and as if nothing had happened', async (t) => {
    const { engine, restarts } = await start(t, { decoders: 2, runners, threads: 4 });
    const levels = Array.from({ length: 60 }, (_, i) => 20 + i * 3);
    let answered = 0;
    const answers = levels.map(async (level) => {
      const analysis = await engine.analyse({ bytes: await film(level), model: 'tiny' });
      answered += 1;
      return analysis;
    });
    const killAt = async (films: number, pid: () => number | undefined) => {
      let target: number | undefined;
      await until(() => answered >= films && (target = pid()) !== undefined);
      process.kill(target!, 'SIGKILL');
    };
    await killAt(5, () => engine.status().children.runnerPids[0]);
    await killAt(20, () => engine.status().children.decoderPids[0]);
    await killAt(30, () => engine.status().children.decoderPids[1]);
    await killAt(40, () => engine.status().children.runnerPids.at(-1));
    (await Promise.all(answers)).forEach((analysis, i) => {
      isScore(t, analysis, levels[i]!);
    });
    await until(() => restarts.length === 4 && engine.status().state === 'ready');
    t.same([...restarts].sort(), ['decoder crash', 'decoder crash', 'runner crash', 'runner crash']);
  });
}
