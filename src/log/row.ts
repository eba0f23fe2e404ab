import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { DetectionBoxesTable, DetectionsTable } from '../database/index.js';
import { type Report, ReportedBoxSchema, ReportSchema } from '../report/schema.js';
import type { LoggedDetection } from './entry.js';

/** The columns that are projections of the report. */
export type Projection = Pick<
  DetectionsTable,
  | 'id'
  | 'created_at'
  | 'state'
  | 'reason_code'
  | 'model_name'
  | 'model_version'
  | 'spec_sha256'
  | 'provider'
  | 'submitter'
  | 'image_sha256'
  | 'threshold'
  | 'film_score'
>;

export function projectionOf(report: Report): Projection {
  const analysed = report.state !== 'not-analysed';
  return {
    id: report.id,
    created_at: new Date(report.createdAt),
    state: report.state,
    reason_code: analysed ? null : report.reason.code,
    model_name: report.model.name,
    model_version: report.model.version,
    spec_sha256: report.model.specSha256,
    provider: report.provider,
    submitter: report.submitter,
    image_sha256: report.image?.sha256 ?? null,
    threshold: analysed ? report.threshold : null,
    film_score: analysed ? report.filmScore : null,
  };
}

export function boxesOf(report: Report): readonly DetectionBoxesTable[] {
  if (report.state === 'not-analysed') return [];
  return report.detections.map(({ id, class: name, score, box }) => ({
    id,
    detection_id: report.id,
    class: name,
    score,
    ...box,
  }));
}

/** The columns that are read back. */
export const loggedColumns = [
  'detections.id',
  'detections.report',
  'detections.candidates',
  'detections.candidate_floor',
] as const;

export interface LoggedRow {
  readonly id: string;
  readonly report: string;
  readonly candidates: unknown;
  readonly candidate_floor: number;
}

/** A row as it was logged. Throws if it doesn't hold a report, which means that somebody changed it. */
export function loggedOf(row: LoggedRow): LoggedDetection {
  const report = parseReport(row.report);
  if (report === undefined || !candidatesSchema.Check(row.candidates)) {
    throw new Error(`the row ${row.id} does not hold a report: run \`log verify\``);
  }
  return {
    id: row.id,
    report,
    reportText: row.report,
    candidates: row.candidates,
    candidateFloor: row.candidate_floor,
  };
}

/** The report in a text; undefined if it isn't one. */
export function parseReport(text: string): Report | undefined {
  const value: unknown = JSON.parse(text);
  return reportSchema.Check(value) ? value : undefined;
}

const reportSchema = Compile(ReportSchema);
const candidatesSchema = Compile(Type.Array(ReportedBoxSchema));
