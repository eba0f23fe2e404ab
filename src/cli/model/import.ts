import type { Command } from 'commander';
import {
  type ImportChoices,
  ImportError,
  importModel,
  type ModelSource,
  writeModelFolder,
} from '../../weights/index.js';
import { UsageError, wrongUse } from '../exit.js';
import { readGiven, readGivenText } from '../readGiven.js';
import { type ImportOptions, importOptions } from './importOptions.js';
import { describeImport, measureLoss } from './importReport.js';
import { modelsFolder } from './modelsFolder.js';

/** `model import`: darknet or Keras files → a model folder. */
export function importCommand(): Command {
  return importOptions().action((options: ImportOptions) => importAndReport(options));
}

async function importAndReport(options: ImportOptions): Promise<void> {
  const source = await readSource(options);
  const choices = { ...choicesOf(options), classes: await readGivenText(options.classes, '--classes') };
  const imported = await blamingOptions(() => importModel(source, choices));
  for (const note of imported.notes) process.stderr.write(`${note}\n`);
  const loss = await measureLoss(imported, options.precision);
  const written = await blamingOptions(() =>
    writeModelFolder(modelsFolder(options.out), imported, { force: options.force }),
  );
  if (written.changed && written.kept.length > 0) {
    process.stderr.write(`kept with the new model: ${written.kept.join(', ')}. Check that they still apply to it.\n`);
  }
  const report = describeImport({ imported, source, precision: options.precision, loss, written });
  process.stdout.write(options.json ? `${JSON.stringify(report.json, null, 2)}\n` : report.text);
}

/** Options that don't fit the files are the caller's mistake; files that can't be used are a failure. */
async function blamingOptions<T>(task: () => T | Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw error instanceof ImportError && error.code === 'bad-options' ? wrongUse(error) : error;
  }
}

async function readSource({ cfg, weights, h5, anchors }: ImportOptions): Promise<ModelSource> {
  if (cfg !== undefined && weights !== undefined && h5 === undefined && anchors === undefined) {
    return {
      format: 'darknet',
      cfg: await readGivenText(cfg, '--cfg'),
      weights: await readGiven(weights, '--weights'),
    };
  }
  if (h5 !== undefined && anchors !== undefined && cfg === undefined && weights === undefined) {
    return { format: 'keras', h5: await readGiven(h5, '--h5'), anchors: await readGivenText(anchors, '--anchors') };
  }
  throw new UsageError('give either --cfg and --weights (darknet) or --h5 and --anchors (Keras)');
}

/** @throws UsageError if options contradict each other */
function choicesOf(options: ImportOptions): Omit<ImportChoices, 'classes'> {
  const { fit, interpolation, arithmetic, fill, unletterbox } = options;
  const fitChoice = present({ mode: fit, interpolation, arithmetic, fill, unletterbox });
  const source = options.thresholdSource ?? 'given at import';
  if (options.threshold === undefined && options.thresholdSource !== undefined)
    throw new UsageError('--threshold-source goes with --threshold');
  return {
    name: options.name,
    precision: options.precision,
    fit: fitChoice,
    ...present({
      version: options.modelVersion,
      licence: options.licence,
      intendedUse: options.intendedUse,
      attributes: options.attributes,
      titles: options.title,
      size: options.size,
      window: options.window,
      colour: options.colour,
      nmsIou: options.nmsIou,
      threshold: options.threshold === undefined ? undefined : { score: options.threshold, source },
      candidateFloor: options.candidateFloor,
      inputGate: options.inputGate,
    }),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that were not given: `undefined` isn't the same as absent. */
function present<T extends object>(choices: T): Present<T> {
  return Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) as Present<T>;
}
