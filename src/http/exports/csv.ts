import type { LoggedDetection } from '../../log/index.js';
import type { Report, ReportedBox } from '../../report/index.js';
import type { ExportFormat } from './rows.js';

/**
 * One line a reported box; a film without boxes has one line with the box columns empty, and its state says
 * why. RFC 4180: CRLF, quotes doubled.
 */
export const csv: ExportFormat = async function* (rows) {
  yield line(Object.keys(columns));
  for await (const row of rows()) yield linesOf(row);
};

type Cell = string | number | null | undefined;

const columns: Readonly<Record<string, (report: Report, box: ReportedBox | undefined) => Cell>> = {
  id: ({ id }) => id,
  createdAt: ({ createdAt }) => createdAt,
  state: ({ state }) => state,
  model: ({ model }) => model.name,
  modelVersion: ({ model }) => model.version,
  provider: ({ provider }) => provider,
  submitter: ({ submitter }) => submitter,
  externalId: ({ externalId }) => externalId,
  imageSha256: ({ image }) => image?.sha256,
  imageWidth: ({ image }) => image?.width,
  imageHeight: ({ image }) => image?.height,
  threshold: (report) => (report.state === 'not-analysed' ? null : report.threshold),
  filmScore: (report) => (report.state === 'not-analysed' ? null : report.filmScore),
  reason: (report) => (report.state === 'not-analysed' ? report.reason.code : null),
  boxId: (_, box) => box?.id,
  class: (_, box) => box?.class,
  score: (_, box) => box?.score,
  x: (_, box) => box?.box.x,
  y: (_, box) => box?.box.y,
  width: (_, box) => box?.box.width,
  height: (_, box) => box?.box.height,
};

function linesOf({ report }: LoggedDetection): string {
  const boxes = report.state === 'findings' ? report.detections : [undefined];
  return boxes.map((box) => line(Object.values(columns).map((cell) => cell(report, box)))).join('');
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(field).join(',')}\r\n`;
}

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe before it: submitters and external
 * ids come from outside (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function field(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
