import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/**
 * The sections of docs/performance.md; `size` and `dicom-mutations`, which take minutes; and `candidates`, which needs
 * other networks.
 */
const pageSections = ['decode', 'log', 'serving', 'films', 'recovery', 'page'] as const;
const sections = [...pageSections, 'size', 'dicom-mutations', 'candidates'] as const;
export type Section = (typeof sections)[number];

export interface BenchOptions {
  /** Folder of films; every system gets the same bytes. */
  readonly filmsDir: string;
  readonly modelsDir: string;
  readonly model: string;
  /** Folder of the darknet files of the same network, `*.cfg` and `*.weights`, for OpenCV. */
  readonly darknetDir: string;
  /** Folder of the networks that are compared (bench/candidates.ts). */
  readonly candidatesDir: string;
  /** Python with bench/peers/requirements.txt installed. */
  readonly python: string;
  /** In each round every system is measured once, in turn. */
  readonly rounds: number;
  /** Of one measurement. */
  readonly seconds: number;
  /** For every system: the network's threads, or as many workers of one thread each. */
  readonly threads: number;
  readonly sections: ReadonlySet<Section>;
  /** Parts of the names of the film sizes that are measured (bench/filmSizes.ts). */
  readonly sizes: readonly string[];
  /** Rows of the log in the section `size`. */
  readonly rows: number;
  /** Rows of the chain that is verified there. */
  readonly verifiedRows: number;
  /** First and last seed of the section `dicom-mutations`. */
  readonly seeds: readonly [number, number];
  /** Longest time of one run of it. */
  readonly minutes: number;
  /** Writes docs/performance.md. */
  readonly write: boolean;
  /** Measures only what bench/budget.json bounds. */
  readonly budget: boolean;
}

const usage = `npm run bench -- [--quick] [--write] [--budget] [--only ${sections.join(',')}]
  [--films annotations/films] [--models models] [--model cxr-opacity] [--darknet runs/candidates/cxr-opacity]
  [--sizes 512,1024,3000] [--candidates runs/candidates] [--rows 1000000] [--verified-rows 100000]
  [--seeds 1-10000] [--minutes 3] [--rounds 7] [--seconds 4] [--threads ${availableParallelism()}]
  BENCH_PYTHON: a Python with bench/peers/requirements.txt (default python3)`;

/** Reads the command line; if it is wrong, prints the usage and ends the process. */
export function readOptions(): BenchOptions {
  try {
    return parse();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

function parse(): BenchOptions {
  const { values } = parseArgs({
    options: {
      films: { type: 'string', default: 'annotations/films' },
      models: { type: 'string', default: 'models' },
      model: { type: 'string', default: 'cxr-opacity' },
      darknet: { type: 'string', default: 'runs/candidates/cxr-opacity' },
      candidates: { type: 'string', default: 'runs/candidates' },
      only: { type: 'string', default: pageSections.join(',') },
      quick: { type: 'boolean', default: false },
      sizes: { type: 'string', default: '512,1024,3000' },
      rows: { type: 'string', default: '1000000' },
      seeds: { type: 'string', default: '1-10000' },
      'verified-rows': { type: 'string' },
      minutes: { type: 'string', default: '3' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      write: { type: 'boolean', default: false },
      budget: { type: 'boolean', default: false },
    },
  });
  const { quick, write, only } = values;
  const asked = only.split(',');
  const unknown = asked.find((name) => !sections.some((section) => section === name));
  if (unknown !== undefined) throw new Error(`--only: there is no section ${unknown}`);
  if (write && only !== 'dicom-mutations' && !pageSections.every((name) => asked.includes(name)))
    throw new Error('--write writes the whole page, or the section dicom-mutations: leave out --only');
  return {
    filmsDir: values.films,
    modelsDir: values.models,
    model: values.model,
    darknetDir: values.darknet,
    candidatesDir: values.candidates,
    python: process.env['BENCH_PYTHON'] ?? 'python3',
    sizes: values.sizes.split(','),
    rows: positive('--rows', values.rows),
    seeds: range('--seeds', values.seeds),
    verifiedRows: Math.ceil(positive('--verified-rows', values['verified-rows'] ?? String(Number(values.rows) / 10))),
    minutes: positive('--minutes', values.minutes),
    rounds: positive('--rounds', values.rounds ?? (quick ? '2' : '7')),
    seconds: positive('--seconds', values.seconds ?? (quick ? '1.5' : '4')),
    threads: positive('--threads', values.threads),
    sections: new Set(sections.filter((section) => asked.includes(section))),
    write,
    budget: values.budget,
  };
}

/** Whether only the section `dicom-mutations` is asked for. */
export function isAlone({ sections: asked }: BenchOptions): boolean {
  return asked.size === 1 && asked.has('dicom-mutations');
}

function range(option: string, text: string): [number, number] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to))
    throw new Error(`${option} ${text} is not two whole numbers, as in 1-2500`);
  return [Number(from), Number(to)];
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} ${text} is not a number above 0`);
  return value;
}
