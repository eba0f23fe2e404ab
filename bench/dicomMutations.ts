import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { problemCodes } from '../src/http/errors/problems.js';
import { mutate, type WholeFilm, wholeFilms } from '../test/imaging/dicomMutations.js';
import { childrenOf } from './childProcesses.js';
import { processorLine } from './machine.js';
import { markdownTable } from './markdown.js';
import type { BenchOptions } from './options.js';
import { peakRssMiB } from './processes.js';
import { type RunningService, startService } from './service.js';

/** What became of one damaged file. */
interface Outcome {
  readonly seed: number;
  readonly kind: string;
  readonly syntax: string;
  readonly status: number;
  /** State of the report, or code of the problem; what is neither, in brackets. */
  readonly answer: string;
  readonly ms: number;
}

/** The processes of one run. */
interface Run {
  readonly restarts: number;
  readonly servingMiB: number;
  readonly decoderMiB: number;
}

/** Films in progress at a time. */
const clients = 4;
export const damagedHeading = '## Damaged DICOM files';
const answersFile = 'runs/dicom-mutations.ndjson';

/**
 * Posts damaged DICOM files to a service, one for each seed (test/imaging/dicomMutations.ts), and counts the answers.
 * Each is written down at once, and a seed that has an answer is not posted again, so that 10,000 can be measured in
 * parts: a run ends after `--minutes`, and the next goes on. Remove runs/dicom-mutations.ndjson to begin anew.
 */
export async function dicomMutationsSection(options: BenchOptions): Promise<string[]> {
  const before = await written();
  const answered = new Set(before.outcomes.map(({ seed }) => seed));
  const [from, to] = options.seeds;
  const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((seed) => !answered.has(seed));
  if (seeds.length === 0) return section(before.outcomes, before.runs);
  await mkdir(dirname(answersFile), { recursive: true });
  const films = await wholeFilms();
  const service = await startService(options, { secondaryCapture: true });
  try {
    const decoders = new Set(childrenOf(service.pid).decoder);
    const first = decoders.size;
    let decoderMiB = 0;
    const look = () => {
      for (const pid of childrenOf(service.pid).decoder) {
        decoders.add(pid);
        decoderMiB = Math.max(decoderMiB, peakRssMiB(pid));
      }
    };
    const outcomes: Outcome[] = [];
    const end = performance.now() + options.minutes * 60_000;
    const next = async (): Promise<void> => {
      while (performance.now() < end) {
        const seed = seeds.shift();
        if (seed === undefined) return;
        const outcome = await post(service, seed, films);
        outcomes.push(outcome);
        await appendFile(answersFile, `${JSON.stringify(outcome)}\n`);
        // A service that is gone would answer none of the others either.
        if (outcome.status === 0) return;
        if (outcomes.length % 50 === 0 || outcome.status >= 500) look();
      }
    };
    await Promise.all(Array.from({ length: clients }, next));
    look();
    const run: Run = { restarts: decoders.size - first, servingMiB: peakRssMiB(service.pid), decoderMiB };
    await appendFile(answersFile, `${JSON.stringify(run)}\n`);
    return section([...before.outcomes, ...outcomes], [...before.runs, run]);
  } finally {
    await service.stop();
  }
}

async function post({ detections, headers }: RunningService, seed: number, films: readonly WholeFilm[]) {
  const { kind, syntax, bytes } = mutate(seed, films);
  const began = performance.now();
  const { status, answer } = await fetch(detections, { method: 'POST', headers, body: new Uint8Array(bytes) }).then(
    async (response) => ({ status: response.status, answer: answerIn(response.status, await response.text()) }),
    (error: unknown) => ({ status: 0, answer: `(${String(error)})` }),
  );
  return { seed, kind, syntax, status, answer, ms: Math.round(performance.now() - began) };
}

function answerIn(status: number, text: string): string {
  const body = objectIn(text);
  const { state, code } = body;
  if (status === 201 && typeof state === 'string') return state;
  return problemCodes.some((known) => known === code) ? String(code) : `(no code: ${text.slice(0, 80)})`;
}

function objectIn(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

async function written(): Promise<{ outcomes: Outcome[]; runs: Run[] }> {
  const text = await readFile(answersFile, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  const parsed = lines.map((line) => JSON.parse(line) as Outcome | Run);
  return {
    outcomes: parsed.filter((line) => 'seed' in line),
    runs: parsed.filter((line) => 'restarts' in line),
  };
}

/** What nobody should see: no answer, an answer without a code, and a code that says that a child was lost. */
function isFault({ status, answer }: Outcome): boolean {
  return status === 0 || status >= 500 || answer.startsWith('(');
}

function section(outcomes: readonly Outcome[], runs: readonly Run[]): string[] {
  const answers = [...new Set(outcomes.map(({ status, answer }) => `${status} ${answer}`))].sort();
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))].sort();
  const counted = (kind: string | undefined) =>
    answers.map((answer) => {
      const own = outcomes.filter((each) => kind === undefined || each.kind === kind);
      return String(own.filter((each) => `${each.status} ${each.answer}` === answer).length);
    });
  const faults = outcomes.filter(isFault);
  const most = (name: keyof Run) => Math.round(Math.max(...runs.map((run) => run[name])));
  const slowest = Math.max(...outcomes.map(({ ms }) => ms));
  return [
    damagedHeading,
    '',
    `Made by \`npm run bench -- --only dicom-mutations --write\`: ${processorLine()}.`,
    `${outcomes.length} files, each damaged by its seed, in ${new Set(outcomes.map(({ syntax }) => syntax)).size} ` +
      `transfer syntaxes, posted by ${clients} clients.`,
    `Faults: ${faults.length}${faults
      .map(({ seed }) => ` ${seed}`)
      .slice(0, 20)
      .join()}. ` +
      `Of ${runs.length} runs that were not cut short: restarts of decoders ` +
      `${runs.reduce((sum, { restarts }) => sum + restarts, 0)}, greatest RSS ${most('servingMiB')} MiB serving, ` +
      `${most('decoderMiB')} MiB decoder. ` +
      `Slowest answer: ${(slowest / 1000).toFixed(1)} s.`,
    '',
    ...markdownTable(
      ['damage', ...answers],
      [...kinds.map((kind) => [kind, ...counted(kind)]), ['all', ...counted(undefined)]],
    ),
    '',
  ];
}
