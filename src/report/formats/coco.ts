import { IdList } from './idList.js';
import type { WrittenReport } from './writtenReport.js';

/** How COCO names a film: its file, and whatever else is known about it. */
export interface CocoFilm {
  readonly file_name: string;
  readonly [more: string]: string | number;
}

export interface CocoOptions<Row> {
  /** Gives the same rows in the same order on each call, perhaps with new ones among them. */
  readonly rows: () => AsyncIterable<Row>;
  /** Identifies a row across readings: at most 32 hexadecimal digits, hyphens ignored. */
  readonly idOf: (row: Row) => string;
  readonly reportOf: (row: Row) => WrittenReport;
  readonly filmOf: (row: Row) => CocoFilm;
  /** Categories that are listed even if no film was looked at for them. */
  readonly categories?: readonly string[];
}

/**
 * COCO object detection (https://cocodataset.org/#format-data) with a `score` for every annotation. An image without
 * annotations means that nothing was found, so films that were not analysed are not images: they are listed under
 * `not_analysed`. `info` comes last and shows that the file is complete.
 *
 * The sections come one after the other and may not fit into memory, so the rows are read once for each. Between
 * readings only their ids are kept, 16 bytes each.
 *
 * @throws Error if a row of the first reading is missing in a later one: the file is then visibly cut.
 */
export async function* coco<Row>(options: CocoOptions<Row>): AsyncGenerator<string> {
  const categories = new Map((options.categories ?? []).map((name, i) => [name, i + 1]));
  const images = new IdList();
  const notAnalysed = new IdList();

  yield '{"images":[';
  for await (const row of options.rows()) {
    const report = options.reportOf(row);
    if (report.state === 'not-analysed') {
      notAnalysed.push(options.idOf(row));
      continue;
    }
    for (const name of report.lookedFor) if (!categories.has(name)) categories.set(name, categories.size + 1);
    images.push(options.idOf(row));
    const { width, height } = report.image;
    yield item(images.length, {
      id: images.length,
      ...options.filmOf(row),
      width,
      height,
      film_score: report.filmScore,
    });
  }

  yield '\n],"annotations":[';
  let annotations = 0;
  for await (const [imageId, row] of again(options, images)) {
    for (const annotation of annotationsOf(options.reportOf(row), categories)) {
      annotations += 1;
      yield item(annotations, { id: annotations, image_id: imageId, ...annotation });
    }
  }

  yield '\n],"not_analysed":[';
  if (notAnalysed.length > 0) {
    for await (const [place, row] of again(options, notAnalysed)) {
      const report = options.reportOf(row);
      if (report.state === 'not-analysed') yield item(place, { ...options.filmOf(row), ...report.reason });
    }
  }

  const listed = [...categories].map(([name, id]) => ({ id, name, supercategory: 'lesion' }));
  const info = { complete: true, images: images.length, annotations, not_analysed: notAnalysed.length };
  yield `\n],"categories":${JSON.stringify(listed)},"info":${JSON.stringify(info)}}\n`;
}

/** The rows of an earlier reading again, each with its position, from 1. */
async function* again<Row>({ rows, idOf }: CocoOptions<Row>, seen: IdList): AsyncGenerator<readonly [number, Row]> {
  let place = 0;
  for await (const row of rows()) if (seen.holdsAt(place, idOf(row))) yield [++place, row];
  if (place !== seen.length)
    throw new Error(`A row vanished while it was being written: ${place} of ${seen.length} came again`);
}

function annotationsOf(report: WrittenReport, categories: ReadonlyMap<string, number>): object[] {
  if (report.state !== 'findings') return [];
  return report.detections.map(({ id, class: name, score, box: { x, y, width, height } }) => ({
    category_id: categories.get(name),
    bbox: [x, y, width, height],
    area: Math.round(width * height * 100) / 100,
    iscrowd: 0,
    score,
    ...(id === undefined ? {} : { box_id: id }),
  }));
}

function item(place: number, value: object): string {
  return `${place > 1 ? ',' : ''}\n${JSON.stringify(value)}`;
}
