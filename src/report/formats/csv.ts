import { type CsvCell, csvLine } from '../../csv/index.js';
import { boxesOrNone, type WrittenBox, type WrittenReport } from './writtenReport.js';

/** Columns that say which film a row is about: its id and submitter in an export, its file on the command line. */
export type IdentityColumns<Row> = Readonly<Record<string, (row: Row) => CsvCell>>;

/**
 * Reports as CSV (RFC 4180, CRLF): one line for each reported box. A film without boxes has one line with empty box
 * columns; its state says why. Text that a spreadsheet would run as a formula is guarded.
 *
 * @example
 * for await (const line of csv(rows, { file: ({ file }) => file }, ({ report }) => report)) write(line);
 */
export async function* csv<Row>(
  rows: AsyncIterable<Row>,
  identity: IdentityColumns<Row>,
  reportOf: (row: Row) => WrittenReport,
): AsyncGenerator<string> {
  yield line([...Object.keys(identity), ...Object.keys(columns)]);
  for await (const row of rows) {
    const film = Object.values(identity).map((cell) => cell(row));
    const report = reportOf(row);
    let text = '';
    for (const box of boxesOrNone(report))
      text += line([...film, ...Object.values(columns).map((cell) => cell(report, box))]);
    yield text;
  }
}

const columns: Readonly<Record<string, (report: WrittenReport, box: WrittenBox | undefined) => CsvCell>> = {
  state: ({ state }) => state,
  model: ({ model }) => model.name,
  modelVersion: ({ model }) => model.version,
  provider: ({ provider }) => provider,
  imageSha256: ({ image }) => image?.sha256,
  imageWidth: ({ image }) => image?.width,
  imageHeight: ({ image }) => image?.height,
  threshold: (report) => (report.state === 'not-analysed' ? null : report.threshold),
  filmScore: (report) => (report.state === 'not-analysed' ? null : report.filmScore),
  reason: (report) => (report.state === 'not-analysed' ? report.reason.code : null),
  reasonDetail: (report) => (report.state === 'not-analysed' ? report.reason.detail : null),
  boxId: (_, box) => box?.id,
  class: (_, box) => box?.class,
  score: (_, box) => box?.score,
  x: (_, box) => box?.box.x,
  y: (_, box) => box?.box.y,
  width: (_, box) => box?.box.width,
  height: (_, box) => box?.box.height,
};

function line(cells: readonly CsvCell[]): string {
  return csvLine(cells, { guardFormulas: true, lineEnd: '\r\n' });
}
