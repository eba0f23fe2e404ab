import type { RegisteredModel } from '../../registry/index.js';
import { coco, csv, vott } from '../../report/formats/index.js';
import { lesionClasses } from '../../report/index.js';
import type { AnalysedFile } from './analyseFiles.js';

/** How results are written: the text of the single output, in pieces. */
export type ResultFormat = (files: AsyncIterable<AnalysedFile>, model: RegisteredModel) => AsyncGenerator<string>;

export const formats: Readonly<Record<'ndjson' | 'csv' | 'coco' | 'vott', ResultFormat>> = {
  ndjson,
  csv: (files) => csv(files, { file: ({ fileReport }) => fileReport.file }, ({ fileReport }) => fileReport),
  coco: cocoOfAll,
  vott: (files) =>
    vott(
      files,
      ({ film }) => film.name,
      ({ fileReport }) => fileReport,
    ),
};

/** One report per line. Exit code and stderr say whether all films are there, so there is no end mark. */
async function* ndjson(files: AsyncIterable<AnalysedFile>): AsyncGenerator<string> {
  for await (const { fileReport } of files) yield `${JSON.stringify(fileReport)}\n`;
}

/** COCO's sections need the results several times. Analysing is the slow part, so results are kept in memory. */
async function* cocoOfAll(files: AsyncIterable<AnalysedFile>, model: RegisteredModel): AsyncGenerator<string> {
  const analysed = new Map<AnalysedFile, string>();
  for await (const file of files) analysed.set(file, analysed.size.toString(16).padStart(32, '0'));
  yield* coco({
    rows: () => asynchronously(analysed.keys()),
    idOf: (file) => analysed.get(file) ?? '',
    reportOf: ({ fileReport }) => fileReport,
    filmOf: ({ fileReport }) => ({ file_name: fileReport.file }),
    categories: lesionClasses(model.spec),
  });
}

async function* asynchronously<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}
