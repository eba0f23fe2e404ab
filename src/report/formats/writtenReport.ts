import type { Report, ReportedBox } from '../schema.js';

/** What every door knows about a box. */
export type WrittenBox = Omit<ReportedBox, 'id'> & Partial<Pick<ReportedBox, 'id'>>;

type Written<Known> = Known extends Report
  ? Omit<Known, 'id' | 'createdAt' | 'submitter' | 'externalId' | 'detections'> &
      (Known extends { detections: unknown } ? { readonly detections: readonly WrittenBox[] } : object)
  : never;

/** A report as formats see it: without what only the log knows, so that `detect` can write its own. */
export type WrittenReport = Written<Report>;

/** Each box of a report, or undefined for a film without boxes: one table row each. */
export function boxesOrNone(report: WrittenReport): readonly (WrittenBox | undefined)[] {
  return report.state === 'findings' ? report.detections : [undefined];
}
