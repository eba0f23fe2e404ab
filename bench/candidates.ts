import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { loadModel } from '../src/registry/index.js';
import type { EvaluationReport, GroupReport } from '../src/evaluation/index.js';
import { markdownTable, milliseconds, ratio } from './markdown.js';
import type { BenchOptions } from './options.js';
import { startNetworkPeer } from './networkPeer.js';
import { median } from './statistics.js';

/**
 * Networks that could ship, side by side: cost and quality. `candidatesDir` holds a folder for each, with
 * `model.json` and its ONNX file, one `.cfg`, one `.weights`, and the `report.json` that `cli evaluate` wrote.
 */
export async function candidatesSection(options: BenchOptions): Promise<string[]> {
  const { candidatesDir } = options;
  const names = (await readdir(candidatesDir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const measured = [];
  for (const name of names.sort()) measured.push(await measure(join(candidatesDir, name), name, options));
  const sets = [...new Set(measured.flatMap(({ report }) => setsOf(report).map(({ name }) => name)))];
  return [
    '## Candidates',
    '',
    `One pass of the network alone, one film at a time, ${options.threads} threads each; medians of ` +
      `${options.rounds} rounds of ${passes} passes, the three in turn, ratios round by round.`,
    `Operations as OpenCV counts them (two to a multiply-add). ${measured[0]?.versions ?? ''}. ` +
      'For each set: AP at IoU .4 / AP at .5 / film-level AUC on its validation films.',
    '',
    ...markdownTable(
      [
        'network',
        'input',
        'GFLOP',
        'onnxruntime-node',
        'ONNX Runtime in Python',
        'OpenCV DNN',
        'Python to ours',
        'OpenCV to ours',
        ...sets.map((set) => `\`${set}\``),
      ],
      measured.map(({ name, input, gflop, times, report }) => [
        name,
        input,
        gflop.toFixed(1),
        ...(['ours', 'ort', 'opencv'] as const).map((system) =>
          milliseconds(median(times.map((round) => round[system]))),
        ),
        ...(['ort', 'opencv'] as const).map((system) =>
          ratio(median(times.map((round) => round[system] / round.ours))),
        ),
        ...sets.map((set) => figuresOf(setsOf(report).find(({ name }) => name === set))),
      ]),
    ),
    '',
  ];
}

const passes = 20;

interface Round {
  readonly ours: number;
  readonly ort: number;
  readonly opencv: number;
}

async function measure(folder: string, name: string, options: BenchOptions) {
  const { spec, onnxPath } = await loadModel(folder);
  const { channels, height, width, tensor } = spec.input;
  const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as EvaluationReport;
  const session = await InferenceSession.create(await readFile(onnxPath), {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads,
    logSeverityLevel: 3,
  });
  const film = new Tensor(
    'float32',
    Float32Array.from({ length: channels * height * width }, (_, i) => (i % 255) / 255),
    [1, channels, height, width],
  );
  const ask = startNetworkPeer(
    [onnxPath, await fileOf(folder, '.cfg'), await fileOf(folder, '.weights'), String(options.threads)],
    options.python,
  );
  try {
    const times: Round[] = [];
    const [ort, opencv] = (await ask('versions')) as [string, string];
    const gflop = ((await ask('flops')) as number) / 1e9;
    // One round more than counted: the first is a warm-up.
    for (let round = 0; round <= options.rounds; round++) {
      const own: number[] = [];
      for (let i = 0; i < passes; i++) {
        const began = performance.now();
        await session.run({ [tensor]: film });
        own.push(performance.now() - began);
      }
      const one = {
        ours: median(own),
        ort: median((await ask(`ort ${passes}`)) as number[]),
        opencv: median((await ask(`opencv ${passes}`)) as number[]),
      };
      if (round > 0) times.push(one);
    }
    return {
      name,
      input: `${width} × ${height}`,
      gflop,
      times,
      report,
      versions: `ONNX Runtime ${ort} and OpenCV ${opencv} in Python`,
    };
  } finally {
    ask.stop();
    await session.release();
  }
}

async function fileOf(folder: string, extension: string): Promise<string> {
  const [name, more] = (await readdir(folder)).filter((file) => file.endsWith(extension));
  if (name === undefined || more !== undefined) throw new Error(`${folder}: not exactly one file ${extension}`);
  return join(folder, name);
}

function setsOf(report: EvaluationReport): readonly GroupReport[] {
  const sets = report.groups.filter(({ kind }) => kind === 'set');
  return sets.length > 0 ? sets : report.groups.filter(({ kind }) => kind === 'all');
}

function figuresOf(group: GroupReport | undefined): string {
  if (group === undefined) return '–';
  const { ap40, ap50 } = group.boxes.averagePrecision;
  return [ap40, ap50, group.films.figures.auc]
    .map((figure) => (figure.value === null ? '–' : figure.value.toFixed(2).replace(/^0/, '')))
    .join(' / ');
}
