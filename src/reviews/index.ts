export { createReviews, type Reviews } from './reviews.js';
export { type RefusalCode, ReviewRefused } from './reviewRefused.js';
export { type Review, ReviewInputSchema, ReviewSchema } from './schema.js';
