import { createHash } from 'node:crypto';
import { ClaimLost, type DetectionEntry } from '../log/index.js';
import { FilmNotAnalysed, SubmissionRefused } from './errors.js';
import type { Submission, SubmissionAnswer, SubmissionContext } from './submission.js';

export type Idempotency = NonNullable<DetectionEntry['idempotency']>;

/**
 * Claims the idempotency key, runs, and releases the claim if no row closed it. If the key was answered before, that
 * answer is given again.
 *
 * @throws SubmissionRefused `in-progress` and `idempotency-mismatch`, and whatever `run` throws.
 */
export async function onceForKey(
  { log, deadlineMs }: Pick<SubmissionContext, 'log' | 'deadlineMs'>,
  submission: Submission,
  key: string,
  run: (idempotency: Idempotency) => Promise<SubmissionAnswer>,
): Promise<SubmissionAnswer> {
  const { submitter } = submission;
  const bodySha256 = fingerprintOf(submission);
  // A process that died leaves its claim behind: it outlives the analysis, but not by much.
  const claim = await log.claim({ submitter, key, bodySha256, expiresInMs: deadlineMs + 60_000 });
  switch (claim.outcome) {
    case 'answered':
      return { id: claim.detection.id, reportText: claim.detection.reportText, replayed: true };
    case 'running':
      throw new SubmissionRefused('in-progress', 'A request with this Idempotency-Key is being worked on.');
    case 'mismatch':
      throw new SubmissionRefused(
        'idempotency-mismatch',
        'This Idempotency-Key was used for another film or other fields.',
      );
    case 'claimed':
  }
  try {
    return await run({ key, bodySha256 });
  } catch (error) {
    // A film that was not analysed closed the claim in its row's transaction; a lost claim belongs to another request.
    if (!(error instanceof FilmNotAnalysed) && !(error instanceof ClaimLost)) await log.release({ submitter, key });
    throw error;
  }
}

/** Of the film and its fields, not of the request's body: the boundary of a form differs each time. */
function fingerprintOf({ bytes, model, references }: Submission): string {
  const fields = { ...references, ...(model === undefined ? {} : { model }) };
  return sha256Of(JSON.stringify([sha256Of(bytes), Object.entries(fields).sort()]));
}

function sha256Of(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
