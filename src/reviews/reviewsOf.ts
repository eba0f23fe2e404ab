import type { Kysely } from 'kysely';
import { Compile } from 'typebox/compile';
import type { Tables } from '../database/index.js';
import { type Review, ReviewSchema } from './schema.js';

/** All reviews of these reports, by report, oldest first. A report without a review is not in the map. */
export async function reviewsOf(
  db: Kysely<Tables>,
  detectionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Review[]>> {
  if (detectionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('reviews')
    .select(['id', 'review'])
    .where('detection_id', 'in', detectionIds)
    .orderBy('id')
    .execute();
  const byReport = new Map<string, Review[]>();
  for (const review of rows.map(reviewOf))
    byReport.set(review.detectionId, [...(byReport.get(review.detectionId) ?? []), review]);
  return byReport;
}

/** Throws if the row doesn't hold a review, which means that somebody changed it. */
export function reviewOf({ id, review }: { readonly id: string; readonly review: string }): Review {
  const value: unknown = JSON.parse(review);
  if (!reviewSchema.Check(value)) throw new Error(`the row ${id} does not hold a review`);
  return value;
}

const reviewSchema = Compile(ReviewSchema);
