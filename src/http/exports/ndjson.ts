import type { ExportFormat } from './rows.js';

/** One report a line, exactly as logged; a last line without which the export is not whole. */
export const ndjson: ExportFormat = async function* (rows) {
  let count = 0;
  for await (const { reportText } of rows()) {
    yield `${reportText}\n`;
    count += 1;
  }
  yield `${JSON.stringify({ complete: true, rows: count })}\n`;
};
