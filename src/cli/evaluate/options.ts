import { Command, Option } from 'commander';
import { defaultBootstrap, type OperatingGoal } from '../../evaluation/index.js';
import { inputOptions, type InputOptions } from '../annotations/input.js';
import { UsageError } from '../exit.js';
import { collected, parsePositive, parseProbability, parseWholeNumber } from '../parsers.js';
import { setFiles, type SetFiles } from './annotatedSet.js';

/** Options that say how annotations are read. */
export type FormatOptions = Omit<InputOptions, 'images'>;
const formatOptions: readonly string[] = [
  'from',
  'classes',
  'label',
  'vocPixels',
  'viaLabel',
  'clip',
  'crowdsAsBoxes',
] satisfies (keyof FormatOptions)[];

export interface EvaluateOptions extends FormatOptions {
  readonly model?: string;
  readonly models?: string;
  readonly images: readonly string[];
  readonly annotations: readonly string[];
  readonly films: readonly string[];
  readonly set: readonly string[];
  readonly split?: string;
  readonly results?: string;
  readonly out?: string;
  readonly card?: string;
  readonly trainingLog?: string;
  readonly pictures: boolean;
  readonly resamples: number;
  readonly seed: number;
  readonly fitCalibration: boolean;
  readonly falsePositivesPerFilm?: number;
  readonly filmSensitivity?: number;
  readonly youden: boolean;
  readonly writeSpec: boolean;
  readonly json: boolean;
}

/** Options of `evaluate` that ask for another report, and so make no sense with `--compare` or `--explain`. */
export const otherReports = [
  ...['model', 'models', 'images', 'annotations', 'films', 'set', 'split', 'results', 'out', 'card', 'trainingLog'],
  ...['pictures', 'fitCalibration', 'falsePositivesPerFilm', 'filmSensitivity', 'youden', 'writeSpec'],
  ...formatOptions,
];

/** The command with every option of a plain evaluation. */
export function evaluateOptions(): Command {
  const command = new Command('evaluate')
    .description(
      'measure a model on annotated films; for several sets, give --images, --annotations and --films once for each, ' +
        'in the same order',
    )
    .option('--model <name>', 'model to measure (MODEL)')
    .option('--models <dir>', 'folder of models (MODELS_DIR)')
    .option('--images <dir>', 'folder of films', collected, [])
    .option('--annotations <file>', 'true boxes, in any format that annotations convert reads', collected, [])
    .option(
      '--films <file>',
      'CSV of image and, if known, source,patient,split,finding,width,height,n_boxes',
      collected,
      [],
    )
    .option('--set <name>', 'name of a set (default: the folder of its annotations)', collected, [])
    .option('--split <name>', 'only films of this split')
    .option('--results <file>', 'recompute every figure from a results.csv instead of running films')
    .option('--out <dir>', 'folder for report.json, results.csv and report.html')
    .option('--card <file>', 'write the figures into a model card, between <!-- figures --> and <!-- /figures -->')
    .option('--training-log <file>', 'log.csv of a training run: its curves go on the page')
    .option('--no-pictures', 'show no films on the page')
    .option('--resamples <number>', 'resamples of the bootstrap', parseWholeNumber, defaultBootstrap.resamples)
    .option('--seed <number>', 'seed of the bootstrap', parseWholeNumber, defaultBootstrap.seed)
    .option('--fit-calibration', 'fit scores to the probability that a box meets a true one (IoU .4)', false)
    .addOption(
      new Option('--false-positives-per-film <number>', 'recommend the threshold that allows this many')
        .argParser(parsePositive)
        .conflicts(['filmSensitivity', 'youden']),
    )
    .addOption(
      new Option('--film-sensitivity <share>', 'recommend the threshold that reaches this sensitivity')
        .argParser(parseProbability)
        .conflicts('youden'),
    )
    .option('--youden', 'recommend the threshold with the highest film-level sensitivity + specificity', false)
    .option('--write-spec', 'write calibration and threshold into model.json and raise its version', false)
    .option('--json', 'print the report instead of a summary', false);
  for (const option of inputOptions()) {
    if (formatOptions.includes(option.attributeName())) command.addOption(option);
  }
  return command;
}

/** The sets that the options name. */
export function setsOf({ images, annotations, films, set }: EvaluateOptions): SetFiles[] {
  if (images.length === 0) throw new UsageError('say what to measure on: --images and --annotations, or --results');
  if (annotations.length !== images.length) throw new UsageError('--annotations must be given once for each --images');
  if (films.length > 0 && films.length !== images.length)
    throw new UsageError('--films must be given once for each --images, or not at all');
  if (set.length > 0 && set.length !== images.length)
    throw new UsageError('--set must be given once for each --images, or not at all');
  const sets = images.map((folder, i) => setFiles(folder, annotations[i] ?? '', films[i], set[i]));
  const twice = sets.find(({ name }, i) => sets.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw new UsageError(`two sets are called ${twice.name}: name them with --set`);
  return sets;
}

/** What the recommended operating point must keep; null if none is wanted. */
export function goalOf({ falsePositivesPerFilm, filmSensitivity, youden }: EvaluateOptions): OperatingGoal | null {
  if (falsePositivesPerFilm !== undefined) return { kind: 'false-positives-per-film', atMost: falsePositivesPerFilm };
  if (filmSensitivity !== undefined) return { kind: 'film-sensitivity', atLeast: filmSensitivity };
  return youden ? { kind: 'youden' } : null;
}

type Choices = Pick<EvaluateOptions, 'models' | 'images' | 'annotations' | 'films' | 'set' | 'split'> & FormatOptions;

/** The command that reproduces these results, ready for a shell. Its output folder is always `report`. */
export function commandLine(choices: Choices, model: string): string {
  const { models, images, annotations, films, set, split, from, classes, label, vocPixels, viaLabel } = choices;
  const { clip = false, crowdsAsBoxes = false } = choices;
  return [
    'npm run -s cli -- evaluate',
    ...word('--models', models),
    ...word('--model', model),
    ...images.flatMap((folder, i) => [
      ...word('--images', folder),
      ...word('--annotations', annotations[i]),
      ...word('--films', films[i]),
      ...word('--set', set[i]),
    ]),
    ...word('--from', from),
    ...word('--classes', classes),
    ...word('--label', label),
    ...word('--voc-pixels', vocPixels),
    ...word('--via-label', viaLabel),
    ...(clip ? ['--clip'] : []),
    ...(crowdsAsBoxes ? ['--crowds-as-boxes'] : []),
    ...word('--split', split),
    '--out report',
  ].join(' ');
}

function word(option: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  return [option, /^[\w./:=@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`];
}
