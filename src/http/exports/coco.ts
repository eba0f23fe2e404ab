import type { LoggedDetection } from '../../log/index.js';
import type { ExportFormat } from './rows.js';

/**
 * COCO object detection (https://cocodataset.org/#format-data), with a `score` for every annotation. In COCO
 * an image without annotations is one on which nothing was found: films that were not analysed are therefore
 * left out, and counted in `info`, which comes last and says that the export is whole.
 *
 * Images come before annotations and neither fits into memory, so the rows are read twice. Between the two
 * only their ids are kept, 16 bytes each: rows that are new in the second reading are passed over, and one
 * that is missing cuts the export.
 */
export const coco: ExportFormat = async function* (rows) {
  const kept = new IdList();
  const categories = new Map<string, number>();
  let notAnalysed = 0;

  yield '{"images":[';
  for await (const row of rows()) {
    const { image } = row.report;
    if (row.report.state === 'not-analysed' || image === null) {
      notAnalysed += 1;
      continue;
    }
    for (const name of row.report.lookedFor) if (!categories.has(name)) categories.set(name, categories.size + 1);
    kept.push(row.id);
    const { sha256, format, width, height } = image;
    yield `${kept.length > 1 ? ',\n' : '\n'}${JSON.stringify({
      id: kept.length,
      file_name: `${sha256}.${format}`,
      width,
      height,
      date_captured: row.report.createdAt,
      detection_id: row.id,
      film_score: row.report.filmScore,
    })}`;
  }

  yield '\n],"annotations":[';
  let annotationId = 0;
  let imageId = 0;
  for await (const row of rows()) {
    if (!kept.holdsAt(imageId, row.id)) continue;
    imageId += 1;
    for (const annotation of annotationsOf(row, categories)) {
      annotationId += 1;
      yield `${annotationId > 1 ? ',\n' : '\n'}${JSON.stringify({ id: annotationId, image_id: imageId, ...annotation })}`;
    }
  }
  if (imageId !== kept.length)
    throw new Error(`A row of the export vanished while it was read: ${imageId} of ${kept.length} came again`);

  const listed = [...categories].map(([name, id]) => ({ id, name, supercategory: 'lesion' }));
  yield `\n],"categories":${JSON.stringify(listed)},"info":${JSON.stringify({ complete: true, images: kept.length, annotations: annotationId, notAnalysed })}}\n`;
};

function annotationsOf({ report }: LoggedDetection, categories: ReadonlyMap<string, number>): object[] {
  if (report.state !== 'findings') return [];
  return report.detections.map(({ id, class: name, score, box: { x, y, width, height } }) => ({
    category_id: categories.get(name),
    bbox: [x, y, width, height],
    area: Math.round(width * height * 100) / 100,
    iscrowd: 0,
    score,
    box_id: id,
  }));
}

/** UUIDs in the order in which they came, in a buffer that doubles. */
class IdList {
  #bytes = Buffer.alloc(16 * 1024);
  length = 0;

  push(id: string): void {
    if (16 * (this.length + 1) > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    this.#bytes.write(id.replaceAll('-', ''), 16 * this.length, 'hex');
    this.length += 1;
  }

  holdsAt(index: number, id: string): boolean {
    return index < this.length && this.#bytes.toString('hex', 16 * index, 16 * (index + 1)) === id.replaceAll('-', '');
  }
}
