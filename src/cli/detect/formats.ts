import type { RegisteredModel } from '../../registry/index.js';
import { lesionClasses } from '../../report/index.js';
import type { AnalysedFile, FileReport } from './analyseFiles.js';

/** How results are written: text for the one output, in pieces. */
export type ResultFormat = (files: AsyncIterable<AnalysedFile>, model: RegisteredModel) => AsyncGenerator<string>;

type AnalysedReport = Exclude<FileReport, { state: 'not-analysed' }>;

/** One report a line. */
export const ndjson: ResultFormat = async function* (files) {
  for await (const { fileReport } of files) yield `${JSON.stringify(fileReport)}\n`;
};

/** One line a box; a film without boxes has one line, whose state says why. RFC 4180. */
export const csv: ResultFormat = async function* (files) {
  yield csvLine(['file', 'state', 'threshold', 'film_score', 'class', 'score', 'x', 'y', 'width', 'height', 'reason']);
  for await (const { fileReport: report } of files) {
    if (report.state === 'not-analysed') {
      yield csvLine([
        report.file,
        report.state,
        '',
        '',
        '',
        '',
        '',
        '',
        '',
        '',
        `${report.reason.code}: ${report.reason.detail}`,
      ]);
      continue;
    }
    const film = [report.file, report.state, report.threshold, report.filmScore];
    if (report.detections.length === 0) yield csvLine([...film, '', '', '', '', '', '', '']);
    for (const { class: name, score, box } of report.detections) {
      yield csvLine([...film, name, score, box.x, box.y, box.width, box.height, '']);
    }
  }
};

/**
 * COCO object detection with scores. An image without annotations is one on which nothing was found, so
 * films that were not analysed stand apart, under `not_analysed`.
 */
export const coco: ResultFormat = async function* (files, model) {
  const categories = lesionClasses(model.spec).map((name, i) => ({ id: i + 1, name, supercategory: 'lesion' }));
  const images: object[] = [];
  const annotations: object[] = [];
  const notAnalysed: object[] = [];
  for await (const { fileReport: report } of files) {
    if (report.state === 'not-analysed') {
      notAnalysed.push({ file_name: report.file, ...report.reason });
      continue;
    }
    const imageId = images.length + 1;
    const { width, height } = report.image;
    images.push({ id: imageId, file_name: report.file, width, height, film_score: report.filmScore });
    for (const { class: name, score, box } of report.detections) {
      annotations.push({
        id: annotations.length + 1,
        image_id: imageId,
        category_id: categories.find((c) => c.name === name)?.id,
        bbox: [box.x, box.y, box.width, box.height],
        area: box.width * box.height,
        iscrowd: 0,
        score,
      });
    }
  }
  yield `${JSON.stringify({ images, annotations, categories, not_analysed: notAnalysed })}\n`;
};

/** VoTT’s CSV export, as TrainYourOwnYOLO reads it: pixel corners and label, no score. Films without boxes have no row. */
export const vott: ResultFormat = async function* (files) {
  yield '"image","xmin","ymin","xmax","ymax","label"\n';
  for await (const { film, fileReport: report } of files) {
    if (report.state === 'not-analysed') continue;
    for (const { class: name, box } of report.detections) {
      const corners = [box.x, box.y, box.x + box.width, box.y + box.height];
      yield `${quoted(film.name)},${corners.map((v) => v.toFixed(2)).join(',')},${quoted(name)}\n`;
    }
  }
};

/** Label file of one film in YOLO txt: class index, centre and size as shares of the film, score. */
export function yoloLines(report: AnalysedReport, model: RegisteredModel): string {
  const names = model.spec.classes.map((c) => c.name);
  const { width, height } = report.image;
  return report.detections
    .map(({ class: name, score, box }) => {
      const shares = [
        (box.x + box.width / 2) / width,
        (box.y + box.height / 2) / height,
        box.width / width,
        box.height / height,
      ];
      return `${names.indexOf(name)} ${shares.map((v) => v.toFixed(6)).join(' ')} ${score}\n`;
    })
    .join('');
}

function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => (typeof cell === 'string' && /[",\r\n]/.test(cell) ? quoted(cell) : String(cell))).join(',')}\r\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
