import { hash } from 'node:crypto';
import { ClaimLost, type DetectionEntry } from '../log/index.js';
import { FilmNotAnalysed, SubmissionRefused } from './errors.js';
import type { Submission, SubmissionAnswer, SubmissionContext } from './submission.js';

export type Idempotency = NonNullable<DetectionEntry['idempotency']>;

/**
 * A process that dies leaves its claim behind, and the film can't be sent again until the claim expires. So claims are
 * short, and are renewed while the film is in progress.
 */
const leaseMs = 4000;
const renewEveryMs = 1000;

/**
 * Claims the idempotency key, runs, and releases the claim if no row closed it. A key that was answered before gets
 * that answer again.
 *
 * @throws SubmissionRefused `in-progress` and `idempotency-mismatch`, and whatever `run` throws.
 */
export async function onceForKey(
  log: SubmissionContext['log'],
  submission: Submission,
  key: string,
  run: (idempotency: Idempotency) => Promise<SubmissionAnswer>,
): Promise<SubmissionAnswer> {
  const claimed = {
    submitter: submission.submitter,
    key,
    bodySha256: fingerprintOf(submission),
    expiresInMs: leaseMs,
  };
  const claim = await log.claim(claimed);
  switch (claim.outcome) {
    case 'answered':
      return { id: claim.detection.id, reportText: claim.detection.reportText, replayed: true };
    case 'running':
      throw new SubmissionRefused(
        'in-progress',
        'Another request with this Idempotency-Key is still running.',
        claim.freeInMs,
      );
    case 'mismatch':
      throw new SubmissionRefused(
        'idempotency-mismatch',
        'This Idempotency-Key was used for another film or other fields.',
      );
    case 'claimed':
  }
  // If the database is away, the next renewal tries again; the row itself is guarded by its own transaction.
  const renewing = setInterval(() => void log.renew(claimed).catch(() => undefined), renewEveryMs);
  try {
    return await run({ key, bodySha256: claimed.bodySha256 });
  } catch (error) {
    // If the film was not analysed, its row's transaction closed the claim; a lost claim belongs to another request.
    // If the release fails, the lease expires by itself.
    if (!(error instanceof FilmNotAnalysed) && !(error instanceof ClaimLost))
      await log.release(claimed).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

/** Covers the film and its fields, not the request's body: a form's boundary differs each time. */
function fingerprintOf({ bytes, model, references }: Submission): string {
  const fields = { ...references, ...(model === undefined ? {} : { model }) };
  return hash('sha256', JSON.stringify([hash('sha256', bytes), Object.entries(fields).sort()]));
}
