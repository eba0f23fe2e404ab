import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Test } from 'tap';
import { type Analysis, type Engine, type EngineOptions, startEngine } from '../../src/engine/index.js';
import { loadRegistry } from '../../src/registry/index.js';
import { greySharp } from '../imaging/files.js';
import type { compileChildren } from './compiledChildren.js';
import { logitOf, writeTinyModel } from './tinyModel.js';

export interface Started {
  readonly engine: Engine;
  /** Lines that went to the log, with the child that they came from. */
  readonly lines: string[];
  readonly batches: number[];
  readonly restarts: string[];
}

/** Films of one grey level on which the faulty runner misbehaves (test/engine/children/runner.ts). */
export const ordered = { crash: 1, hang: 2, notANumber: 3, throws: 4, waitsForGate: 5 };

/** Engines of the tiny model, with compiled children. */
export function engines(children: ReturnType<typeof compileChildren>) {
  return async function start(test: Test, changes: Partial<EngineOptions> = {}): Promise<Started> {
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
    test.teardown(async () => {
      // A runner that still waits for the gate would keep `close` waiting.
      await writeFile(children.faulty.gate, '');
      await engine.close();
    });
    return { engine, lines, batches, restarts };
  };
}

export const film = (level: number) =>
  greySharp(new Uint8Array(64 * 64).fill(level), 64, 64)
    .png()
    .toBuffer();
export const withOrder = async (level: number, order: string) =>
  Buffer.concat([await film(level), Buffer.from(`#${order}`)]);

/** The score of every box of a flat film, by hand: σ(8 · level/255 − 4) · σ(20). */
export const scoreOf = (level: number) => sigmoid(logitOf(level / 255)) * sigmoid(20);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export function isScore(t: Test, analysis: Analysis, level: number): void {
  const found = analysis.kind === 'analysed' ? analysis.detection.filmScore : NaN;
  t.ok(
    Math.abs(found - scoreOf(level)) < 2e-5,
    `level ${level}: ${analysis.kind} ${found}, by hand ${scoreOf(level).toFixed(6)}`,
  );
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}
