import { csvLine } from '../../csv/index.js';
import type { WrittenReport } from './writtenReport.js';

/**
 * VoTT's CSV export, as TrainYourOwnYOLO reads it: pixel corners and label, no score. Films without boxes have no row.
 */
export async function* vott<Row>(
  rows: AsyncIterable<Row>,
  nameOf: (row: Row) => string,
  reportOf: (row: Row) => WrittenReport,
): AsyncGenerator<string> {
  yield csvLine(['image', 'xmin', 'ymin', 'xmax', 'ymax', 'label'], { quoteText: true });
  for await (const row of rows) {
    const report = reportOf(row);
    if (report.state === 'not-analysed') continue;
    for (const { class: name, box } of report.detections) {
      const corners = [box.x, box.y, box.x + box.width, box.y + box.height].map((edge) => Math.round(edge * 100) / 100);
      yield csvLine([nameOf(row), ...corners, name], { quoteText: true });
    }
  }
}
