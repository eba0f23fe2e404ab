export { FilmNotAnalysed, SubmissionRefused } from './errors.js';
export type { LoggedFilm, Submission, SubmissionAnswer, SubmissionContext } from './submission.js';
export { submitFilm } from './submitFilm.js';
