import { hash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { type Actor, audit, type Tables, timeIds, timeOfId } from '../database/index.js';
import { assertFits, type ReviewedReport } from './assertFits.js';
import { ReviewRefused } from './reviewRefused.js';
import { reviewOf } from './reviewsOf.js';
import type { Review, ReviewInput } from './schema.js';

/** Whose review it is, where it was made, and under which key it was sent. */
export interface ReviewOrigin {
  readonly reader: string;
  readonly madeIn: Review['madeIn'];
  /** A UUID: the same reader's next review with this key is the same review. */
  readonly requestKey?: string;
  /** Who is in the audit: the reader, or the program that brings the review. */
  readonly actor: Actor;
}

export interface AddedReview {
  readonly review: Review;
  /** Recorded before, under the same key. */
  readonly replayed: boolean;
}

const newId = timeIds();

/**
 * Records a review, with its hash in the audit, in one transaction. It stands beside those that are there already.
 *
 * @throws ReviewRefused; `key-reused` if the key came with another review
 *
 * @example
 * const verdicts = [{ id: row.report.detections[0].id, verdict: 'wrong' }];
 * const { review } = await reviews.addReview(row, { verdicts }, { reader: 'anna', madeIn: 'page', actor });
 */
export async function addReview(
  db: Kysely<Tables>,
  reviewed: ReviewedReport,
  input: ReviewInput,
  origin: ReviewOrigin,
): Promise<AddedReview> {
  assertFits(input, reviewed);
  const review = completed(input, reviewed, origin);
  const { id, createdAt, ...sent } = review;
  const requestSha256 = hash('sha256', JSON.stringify(sent));
  return db.transaction().execute(async (trx) => {
    const text = JSON.stringify(review);
    if (await insert(trx, review, text, origin.requestKey, requestSha256)) {
      await audit(trx, {
        ...origin.actor,
        code: 'review-added',
        sha256: hash('sha256', text),
        detail: `review ${id} of ${review.detectionId}`,
      });
      return { review, replayed: false };
    }
    return { review: await earlier(trx, origin, requestSha256), replayed: true };
  });
}

function completed(
  { verdicts = [], drawn = [], complete = false, filmVerdict, comment, threshold, readFirst = false }: ReviewInput,
  { report }: ReviewedReport,
  { reader, madeIn }: ReviewOrigin,
): Review {
  const id = newId();
  return {
    id,
    detectionId: report.id,
    createdAt: timeOfId(id).toISOString(),
    reader,
    madeIn,
    verdicts,
    drawn,
    complete,
    filmVerdict: filmVerdict ?? null,
    comment: comment ?? null,
    threshold: threshold ?? null,
    readFirst,
  };
}

/** False if the key is taken. If another request with it is still running, this one waits for its end. */
async function insert(
  trx: Transaction<Tables>,
  { id, detectionId, reader, madeIn, complete, filmVerdict }: Review,
  text: string,
  requestKey: string | undefined,
  requestSha256: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('reviews')
    .values({
      id,
      detection_id: detectionId,
      reader,
      made_in: madeIn,
      complete,
      unsuitable: filmVerdict === 'unsuitable',
      review: text,
      request_key: requestKey ?? null,
      request_sha256: requestKey === undefined ? null : requestSha256,
    })
    .onConflict((oc) => oc.columns(['reader', 'request_key']).where('request_key', 'is not', null).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function earlier(
  trx: Transaction<Tables>,
  { reader, requestKey }: ReviewOrigin,
  requestSha256: string,
): Promise<Review> {
  const row = await trx
    .selectFrom('reviews')
    .select(['id', 'review', 'request_sha256'])
    .where('reader', '=', reader)
    .where('request_key', '=', requestKey ?? '')
    .executeTakeFirstOrThrow();
  if (row.request_sha256 !== requestSha256)
    throw new ReviewRefused('key-reused', 'This Idempotency-Key was used for another review.');
  return reviewOf(row);
}
