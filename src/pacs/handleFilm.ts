import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { resultObjects } from '../dicom/index.js';
import { AnalysisRefused } from '../engine/index.js';
import { FilmError } from '../imaging/index.js';
import { ClaimLost, type DetectionLog } from '../log/index.js';
import type { Report } from '../report/index.js';
import {
  FilmNotAnalysed,
  type Submission,
  submitFilm,
  type SubmissionAnswer,
  type SubmissionContext,
  SubmissionRefused,
} from '../submission/index.js';
import type { Endpoint } from './dicomweb/endpoint.js';
import { PacsError } from './dicomweb/pacsError.js';
import { retrieve } from './dicomweb/retrieve.js';
import { store } from './dicomweb/store.js';
import type { FilmJob } from './jobs/filmJob.js';
import type { Outcome } from './outcome.js';
import { readInstance } from './readInstance.js';
import type { Source } from './sources/source.js';

/** What a film's job depends on. */
export interface FilmContext {
  readonly submission: SubmissionContext;
  readonly log: Pick<DetectionLog, 'audit'>;
  readonly maxFilmBytes: number;
  readonly softwareVersion: string;
}

/**
 * Fetches a film, has it analysed and logged, and stores its results: what a worker does for a job. Each step can be
 * repeated: a film is analysed once under its key, and its results have the same UIDs each time.
 *
 * @throws PacsError, DatabaseUnavailable and others: nothing is lost, the job is tried again
 */
export async function handleFilm(
  context: FilmContext,
  { source, endpoint }: { readonly source: Source; readonly endpoint: Endpoint },
  job: FilmJob,
  signal: AbortSignal,
): Promise<Outcome> {
  const bytes = await retrieve(endpoint, job, context.maxFilmBytes, signal);
  const submitter = `pacs:${source.name}`;
  try {
    const instance = readInstance(bytes, job, source);
    const { id, reportText } = await submit(context.submission, submissionOf(bytes, job, source, submitter), signal);
    const report = JSON.parse(reportText) as Report;
    if (!source.results.includes(report.state)) return { outcome: report.state, detectionId: id, stored: 0 };
    const { sr, pr } = await resultObjects(report, instance, { softwareVersion: context.softwareVersion });
    const objects = pr === undefined ? [sr] : [sr, pr];
    await store(endpoint, job.study, objects, signal);
    return { outcome: report.state, detectionId: id, stored: objects.length };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const facts = { sizeBytes: bytes.length, sha256: hash('sha256', bytes) };
    await context.log.audit({ code: error.code, actor: submitter, requestId: null, address: null, ...facts });
    return { outcome: 'refused', code: error.code };
  }
}

/** The key covers the whole file: a film whose header was corrected is another submission. */
function submissionOf(bytes: Buffer, job: FilmJob, { model }: Source, submitter: string): Submission {
  return {
    submitter,
    bytes,
    ...(model === undefined ? {} : { model }),
    references: { studyInstanceUid: job.study, seriesInstanceUid: job.series, sopInstanceUid: job.instance },
    idempotencyKey: hash('sha256', JSON.stringify([job.id, hash('sha256', bytes)])),
  };
}

const waitMs = 500;

/** Waits while the engine is full or another worker has the film; the job's time limit ends that. */
async function submit(
  context: SubmissionContext,
  submission: Submission,
  signal: AbortSignal,
): Promise<SubmissionAnswer> {
  for (;;) {
    if (signal.aborted) throw new PacsError('stopped', 'The film was given up while it waited for the engine.');
    try {
      return await submitFilm(context, submission);
    } catch (error) {
      // Its row is committed: the same key now gets that row's report.
      if (error instanceof FilmNotAnalysed) continue;
      if (!isForLater(error)) throw error;
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function isForLater(error: unknown): boolean {
  if (error instanceof ClaimLost) return true;
  if (error instanceof SubmissionRefused) return error.code === 'in-progress';
  return error instanceof AnalysisRefused && (error.code === 'queue-full' || error.code === 'not-ready');
}

/** The film's own fault: another try would end the same way. */
function isRefusal(error: unknown): error is FilmError | AnalysisRefused {
  return error instanceof FilmError || (error instanceof AnalysisRefused && error.code !== 'unknown-model');
}
