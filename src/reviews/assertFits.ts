import type { Report, ReportedBox } from '../report/index.js';
import { type RefusalCode, ReviewRefused } from './reviewRefused.js';
import type { ReviewInput } from './schema.js';

/** A report, and all boxes that a review may judge: the reported ones and the candidates below the threshold. */
export interface ReviewedReport {
  readonly report: Report;
  readonly candidates: readonly ReportedBox[];
}

/** Most boxes that a review may judge and draw. */
const mostBoxes = 500;

type Box = ReportedBox['box'];

/** Checks that a review can be one of this report. Throws ReviewRefused with the first reason why not. */
export function assertFits(input: ReviewInput, reviewed: ReviewedReport): void {
  const { verdicts = [], drawn = [], complete = false, filmVerdict, comment, readFirst, threshold } = input;
  const { report } = reviewed;
  const marks = verdicts.length + drawn.length;
  if (marks === 0 && !complete && filmVerdict === undefined && comment === undefined)
    throw refused('bad-review', 'The review says nothing.');
  if (marks > mostBoxes)
    throw refused('too-many-boxes', `The review has ${marks} boxes; at most ${mostBoxes} are taken.`);
  if (report.state === 'not-analysed') {
    if (marks > 0 || complete || readFirst === true || threshold !== undefined)
      throw refused(
        'film-not-analysed',
        'Of a film that was not analysed only “filmVerdict” and “comment” can be said.',
      );
    return;
  }
  assertVerdicts(verdicts, reviewed, report.image);
  for (const [i, { class: name, box }] of drawn.entries()) {
    if (!report.lookedFor.includes(name))
      throw refused('unknown-class', `“drawn.${i}.class” is none of: ${report.lookedFor.join(', ')}.`);
    assertOnFilm(box, `drawn.${i}.box`, report.image);
  }
}

function assertVerdicts(
  verdicts: NonNullable<ReviewInput['verdicts']>,
  { candidates }: ReviewedReport,
  image: Size,
): void {
  const known = new Set(candidates.map(({ id }) => id));
  const judged = new Set<string>();
  for (const [i, { id, verdict, movedTo }] of verdicts.entries()) {
    const where = `verdicts.${i}`;
    if (!known.has(id)) throw refused('unknown-box', `“${where}.id” is no box of this report.`);
    if (judged.has(id)) throw refused('bad-review', `“${where}” judges a box for the second time.`);
    judged.add(id);
    if ((verdict === 'moved') !== (movedTo !== undefined))
      throw refused('bad-review', `“${where}.movedTo” belongs to the verdict “moved”, and to no other.`);
    if (movedTo !== undefined) assertOnFilm(movedTo, `${where}.movedTo`, image);
  }
}

type Size = Pick<NonNullable<Report['image']>, 'width' | 'height'>;

/** Sums of rounded coordinates may miss the edge by a last digit. */
const tolerance = 1e-6;

function assertOnFilm({ x, y, width, height }: Box, where: string, film: Size): void {
  const isBox = width > 0 && height > 0 && [x, y, width, height].every(Number.isFinite);
  if (!isBox) throw refused('box-outside-film', `“${where}” has no size.`);
  const isInside = x >= 0 && y >= 0 && x + width <= film.width + tolerance && y + height <= film.height + tolerance;
  if (!isInside)
    throw refused('box-outside-film', `“${where}” is not inside the film of ${film.width} × ${film.height} pixels.`);
}

function refused(code: RefusalCode, message: string): ReviewRefused {
  return new ReviewRefused(code, message);
}
