import { readFile, stat } from 'node:fs/promises';
import { v7 } from 'uuid';
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
  /** With an id and a time that no log knows: for drawings and DICOM objects, not for printing. */
  readonly report: Report;
  readonly fileReport: FileReport;
}

/** Limit for all files in progress together; a single file may be larger. */
const mostBytesTogether = 512 * 2 ** 20;

/**
 * Analyses files in order, enough at a time to keep the engine busy. A file that can't be read or decoded becomes a
 * `not-analysed` report with the reason.
 */
export async function* analyseFiles(
  films: readonly FilmFile[],
  engine: Engine,
  model: RegisteredModel,
  minScore: number | undefined,
  mostBytes = mostBytesTogether,
): AsyncGenerator<AnalysedFile> {
  const running: { readonly sizeBytes: number; readonly analysed: Promise<AnalysedFile> }[] = [];
  let bytes = 0;
  for (const film of films) {
    const sizeBytes = await sizeOf(film);
    while (running.length >= engine.status().filmsToKeepBusy || bytes + sizeBytes > mostBytes) {
      const first = running.shift();
      if (first === undefined) break;
      yield await first.analysed;
      bytes -= first.sizeBytes;
    }
    running.push({ sizeBytes, analysed: analyseFile(film, engine, model, minScore) });
    bytes += sizeBytes;
  }
  for (const { analysed } of running) yield await analysed;
}

/** 0 if the file can't be read: its report says so. */
async function sizeOf({ path }: FilmFile): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function analyseFile(
  film: FilmFile,
  engine: Engine,
  model: RegisteredModel,
  minScore: number | undefined,
): Promise<AnalysedFile> {
  const outcome = await outcomeOf(film, engine, model, minScore);
  const context = {
    id: v7(),
    createdAt: new Date(),
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
