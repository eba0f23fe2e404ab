import type { LoggedDetection } from '../../log/index.js';
import { coco, csv, type IdentityColumns } from '../../report/formats/index.js';

/** Writes the rows of a query as an export, piece by piece. */
export type ExportFormat = (rows: () => AsyncIterable<LoggedDetection>) => AsyncGenerator<string>;

interface Format {
  readonly write: ExportFormat;
  readonly mediaType: string;
  readonly fileName: string;
}

const identity: IdentityColumns<LoggedDetection> = {
  id: ({ id }) => id,
  createdAt: ({ report }) => report.createdAt,
  submitter: ({ report }) => report.submitter,
  externalId: ({ report }) => report.externalId,
};

export const formats = {
  csv: {
    write: (rows) => csv(rows(), identity, ({ report }) => report),
    mediaType: 'text/csv; charset=utf-8; header=present',
    fileName: 'detections.csv',
  },
  ndjson: { write: ndjson, mediaType: 'application/x-ndjson; charset=utf-8', fileName: 'detections.ndjson' },
  coco: {
    write: (rows) => coco({ rows, idOf: ({ id }) => id, reportOf: ({ report }) => report, filmOf }),
    mediaType: 'application/json; charset=utf-8',
    fileName: 'detections.json',
  },
} satisfies Record<string, Format>;

/** One report per line, exactly as logged; without its last line the export is incomplete. */
async function* ndjson(rows: () => AsyncIterable<LoggedDetection>): AsyncGenerator<string> {
  let count = 0;
  for await (const { reportText } of rows()) {
    yield `${reportText}\n`;
    count += 1;
  }
  yield `${JSON.stringify({ complete: true, rows: count })}\n`;
}

/** The upload's file name may point to a patient and is never kept; its hash stands in for it. */
function filmOf({ id, report: { image, createdAt } }: LoggedDetection) {
  const file_name = image === null ? '' : `${image.sha256}.${image.format}`;
  return { file_name, date_captured: createdAt, detection_id: id };
}
