import { Command, Option } from 'commander';
import { join } from 'node:path';
import { readConfig } from '../../config.js';
import type { RegisteredModel } from '../../registry/index.js';
import { groupBy, withoutEnding } from '../../datasets/index.js';
import { exitCode, UsageError } from '../exit.js';
import { parseProbability } from '../parsers.js';
import { replaceFile } from '../replaceFile.js';
import { withProgress } from '../progress.js';
import { analyseFiles, type AnalysedFile } from './analyseFiles.js';
import { chosenModel, engineFor } from './engine.js';
import { type FilmFile, findFilms, type PassedOver } from './films.js';
import { yoloLabels } from '../../report/formats/index.js';
import { type DicomFolders, writeDicomResults } from './dicomResults.js';
import { formats, type ResultFormat } from './formats.js';
import { type OverlayFormat, writeOverlay } from './overlays.js';

interface DetectOptions extends DicomFolders {
  readonly format: keyof typeof formats | 'yolo';
  readonly out?: string;
  readonly overlays?: string;
  readonly overlayFormat: OverlayFormat;
  readonly models?: string;
  readonly model?: string;
  readonly minScore?: number;
}

/** `detect PATH…`: films and folders → reports, without server or database. */
export function detectCommand(): Command {
  return new Command('detect')
    .argument('<path...>', 'films (DICOM, JPEG, PNG, TIFF, WebP) and folders of films')
    .addOption(
      new Option('--format <format>', 'how results are written')
        .choices([...Object.keys(formats), 'yolo'])
        .default('ndjson'),
    )
    .option('--out <file>', 'write results to a file instead of stdout; for yolo: a folder of label files')
    .option('--overlays <dir>', 'draw each report into this folder')
    .addOption(
      new Option('--overlay-format <format>', 'svg: boxes only; png: boxes over the film')
        .choices(['svg', 'png'])
        .default('svg'),
    )
    .option('--dicom-sr <dir>', 'write each result of a DICOM film as a structured report into this folder')
    .option('--dicom-pr <dir>', 'the same as a presentation state: boxes that any viewer lays over the film')
    .option('--models <dir>', 'folder of models (MODELS_DIR)')
    .option('--model <name>', 'model to use (MODEL)')
    .addOption(
      new Option(
        '--min-score <score>',
        "threshold and floor instead of the model's; 0: everything that survived NMS",
      ).argParser(parseProbability),
    )
    .action(async (paths: string[], options: DetectOptions) => {
      process.exitCode = await detectFiles(paths, options);
    });
}

async function detectFiles(paths: readonly string[], options: DetectOptions): Promise<number> {
  if (options.format === 'yolo' && options.out === undefined)
    throw new UsageError('--format yolo needs --out DIR for its label files');
  const { films, passedOver } = await findFilms(paths);
  sayPassedOver(passedOver);
  if (films.length === 0) {
    say(`no film was found in ${paths.join(', ')}`);
    return exitCode.someFailed;
  }
  const config = readConfig({ ...process.env, NODE_ENV: '' });
  const model = await chosenModel(options.models ?? config.MODELS_DIR, options.model ?? config.MODEL);
  const engine = await engineFor(model, config);
  const failed: string[] = [];
  const unwritten: string[] = [];
  const files = watched(analyseFiles(films, engine, model, options.minScore), films, failed, async (file) => {
    if (options.overlays !== undefined) await writeOverlay(file, options.overlays, options.overlayFormat, model.spec);
    const missing = await writeDicomResults(file, options);
    if (missing !== undefined) unwritten.push(`${file.film.path}: ${missing}`);
  });
  try {
    if (options.format === 'yolo') await writeLabels(files, films, options.out ?? '.', model);
    else await writeResults(files, formats[options.format], options.out, model);
  } finally {
    await engine.close();
  }
  const unread = passedOver.some(({ isImage }) => isImage);
  sayEach(`${failed.length} of ${films.length} films were not analysed:`, failed);
  sayEach(`${unwritten.length} of ${films.length} results were not written as DICOM:`, unwritten);
  return failed.length + unwritten.length > 0 || unread ? exitCode.someFailed : exitCode.fine;
}

async function* watched(
  files: AsyncIterable<AnalysedFile>,
  films: readonly FilmFile[],
  failed: string[],
  onFile: (file: AnalysedFile) => Promise<void>,
): AsyncGenerator<AnalysedFile> {
  for await (const file of withProgress(files, films.length)) {
    const { report } = file;
    if (report.state === 'not-analysed')
      failed.push(`${file.film.path}: ${report.reason.code}: ${report.reason.detail}`);
    await onFile(file);
    yield file;
  }
}

async function writeResults(
  files: AsyncIterable<AnalysedFile>,
  format: ResultFormat,
  out: string | undefined,
  model: RegisteredModel,
): Promise<void> {
  if (out === undefined) {
    for await (const piece of format(files, model)) await written(piece);
    return;
  }
  await replaceFile(out, format(files, model));
}

async function writeLabels(
  files: AsyncIterable<AnalysedFile>,
  films: readonly FilmFile[],
  folder: string,
  model: RegisteredModel,
): Promise<void> {
  const classes = model.spec.classes.map(({ name }) => name);
  await replaceFile(join(folder, 'classes.txt'), classes.map((name) => `${name}\n`).join(''));
  const stems = groupBy(films, ({ name }) => withoutEnding(name));
  for await (const { film, fileReport } of files) {
    // No label file for a film that was not analysed: an empty one would say that nothing was found.
    if (fileReport.state === 'not-analysed') continue;
    const stem = withoutEnding(film.name);
    // film.dcm beside film.png: their label files are film.dcm.txt and film.png.txt.
    const name = (stems.get(stem)?.length ?? 0) > 1 ? film.name : stem;
    await replaceFile(join(folder, `${name}.txt`), yoloLabels(fileReport, classes));
  }
}

async function written(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** Lists them by name: one may be the film that someone is waiting for. */
function sayPassedOver(passedOver: readonly PassedOver[]): void {
  if (passedOver.length === 0) return;
  say(`${passedOver.length} other ${passedOver.length === 1 ? 'file' : 'files'} passed over:`);
  for (const { path, reason } of passedOver) say(`  ${path}: ${reason}`);
}

function sayEach(head: string, lines: readonly string[]): void {
  if (lines.length > 0) say([head, ...lines.map((line) => `  ${line}`)].join('\n'));
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
