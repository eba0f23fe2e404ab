import { bindDatabase, type Database } from '../database/index.js';
import { addReview } from './addReview.js';
import { reviewsOf } from './reviewsOf.js';

/** What readers said of reports. Both methods throw DatabaseUnavailable if the database is away. */
export function createReviews({ kysely }: Pick<Database, 'kysely'>) {
  return bindDatabase(kysely, { addReview, reviewsOf });
}

export type Reviews = ReturnType<typeof createReviews>;
