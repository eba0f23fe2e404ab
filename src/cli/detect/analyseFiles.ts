import { readFile } from 'node:fs/promises';
import { uncalibrate } from '../../detector/index.js';
import { AnalysisRefused, type Engine } from '../../engine/index.js';
import type { RegisteredModel } from '../../registry/index.js';
import type { WrittenReport } from '../../report/formats/index.js';
import { buildReport, type Report, type ReportOutcome } from '../../report/index.js';
import type { FilmFile } from './films.js';

/** A report without what only the log knows. */
export type FileReport = { readonly file: string } & WrittenReport;

export interface AnalysedFile {
  readonly film: FilmFile;
  /** With placeholders for what only the log knows: to draw from, not to print. */
  readonly report: Report;
  readonly fileReport: FileReport;
}

/** Films in progress at the same time: the next is read and decoded while the network runs. */
const inFlight = 4;

/**
 * Analyses files in order. A file that can't be read or decoded becomes a `not-analysed` report with the reason.
 */
export async function* analyseFiles(
  films: readonly FilmFile[],
  engine: Engine,
  model: RegisteredModel,
  minScore: number | undefined,
): AsyncGenerator<AnalysedFile> {
  const running: Promise<AnalysedFile>[] = [];
  for (const film of films) {
    running.push(analyseFile(film, engine, model, minScore));
    const first = running.length >= inFlight ? running.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const analysed of running) yield await analysed;
}

async function analyseFile(
  film: FilmFile,
  engine: Engine,
  model: RegisteredModel,
  minScore: number | undefined,
): Promise<AnalysedFile> {
  const outcome = await outcomeOf(film, engine, model, minScore);
  const context = {
    id: '00000000-0000-7000-8000-000000000000',
    createdAt: new Date(0),
    model,
    submitter: '',
    ...(minScore === undefined ? {} : { threshold: minScore }),
  };
  const { report } = buildReport(context, outcome);
  return { film, report, fileReport: withoutLog(film.path, report) };
}

async function outcomeOf(
  film: FilmFile,
  engine: Engine,
  model: RegisteredModel,
  minScore: number | undefined,
): Promise<ReportOutcome> {
  const timings = { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 };
  try {
    const bytes = await readFile(film.path);
    const floor = minScore === undefined ? {} : { floor: rawScoreFor(minScore, model) };
    return await engine.analyse({ bytes, model: model.spec.name, ...floor });
  } catch (error) {
    if (error instanceof AnalysisRefused) return { kind: 'failed', code: error.code, detail: error.message, timings };
    if (error instanceof Error && 'syscall' in error)
      return { kind: 'failed', code: 'unreadable-file', detail: error.message, timings };
    throw error;
  }
}

/** The raw score below which nothing can be reported at `score`; a little less, for rounding. */
function rawScoreFor(score: number, { spec: { calibration } }: RegisteredModel): number {
  return Math.max(0, uncalibrate(score, calibration) - 1e-6);
}

function withoutLog(file: string, report: Report): FileReport {
  const { id, createdAt, submitter, externalId, ...rest } = report;
  if (rest.state === 'not-analysed') return { file, ...rest };
  const detections = rest.detections.map(({ id, ...box }) => box);
  return { file, ...rest, detections };
}
