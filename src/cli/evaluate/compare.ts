import { type Command, Option } from 'commander';
import {
  compare,
  type ComparedName,
  type Comparison,
  ComparisonError,
  type Figure,
  type GroupComparison,
} from '../../evaluation/index.js';
import { UsageError } from '../exit.js';
import { table } from '../table.js';
import { readResultsFile } from './files.js';
import { otherReports } from './options.js';

export interface CompareOptions {
  readonly compare?: readonly string[];
  readonly sharedFilms: boolean;
  readonly resamples: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Adds `--compare` to `evaluate`. */
export function withCompare(command: Command): Command {
  return command
    .addOption(
      new Option('--compare <files...>', 'two results.csv of the same films: what B gains over A').conflicts([
        ...otherReports,
        'explain',
      ]),
    )
    .option('--shared-films', 'with --compare: leave out films that only one of the files has', false);
}

/**
 * Prints how two networks differ on the same films.
 *
 * @throws UsageError if the files can't be compared
 */
export async function printComparison(files: readonly string[], options: CompareOptions): Promise<void> {
  const [a, b, ...more] = files;
  if (a === undefined || b === undefined || more.length > 0)
    throw new UsageError('--compare takes two files: --compare A/results.csv B/results.csv');
  const [resultsA, resultsB] = [await readResultsFile(a), await readResultsFile(b)];
  const { resamples, seed, sharedFilms: sharedOnly } = options;
  const comparison = compared(resultsA, resultsB, { resamples, seed, sharedOnly });
  process.stderr.write(notes(comparison));
  process.stdout.write(options.json ? `${JSON.stringify(comparison, null, 2)}\n` : inWords(comparison, [a, b]));
}

/** With advice, if the two files are not of the same films. */
function compared(...[a, b, choices]: Parameters<typeof compare>): Comparison {
  try {
    return compare(a, b, choices);
  } catch (error) {
    if (!(error instanceof ComparisonError)) throw error;
    const advice = error.message.startsWith('only ') ? ' (--shared-films compares over the others)' : '';
    throw new UsageError(`can't compare: ${error.message}${advice}`, { cause: error });
  }
}

function notes({ a, b, leftOut }: Comparison): string {
  const lines: string[] = [];
  if (leftOut.a + leftOut.b > 0)
    lines.push(`left out: ${leftOut.a} films that only A has, ${leftOut.b} that only B has`);
  if (a.kept.floor !== b.kept.floor || a.kept.maximumPerFilm !== b.kept.maximumPerFilm)
    lines.push('A and B were run with different floors or limits of boxes: part of the difference comes from that');
  return lines.map((line) => `${line}\n`).join('');
}

const figures: readonly (readonly [name: ComparedName, title: string])[] = [
  ['ap40', 'AP .4'],
  ['ap50', 'AP .5'],
  ['auc', 'film AUC'],
  ['at0125', 'FROC at 1/8'],
  ['at025', 'FROC at 1/4'],
  ['at05', 'FROC at 1/2'],
  ['at1', 'FROC at 1'],
  ['at2', 'FROC at 2'],
  ['at4', 'FROC at 4'],
  ['at8', 'FROC at 8'],
  ['mean', 'FROC mean'],
];

function inWords({ a, b, groups, bootstrap }: Comparison, [fileA, fileB]: readonly [string, string]): string {
  const [all, ...others] = groups;
  if (all === undefined) throw new Error('a comparison has a group of all films');
  const { films, patients, positives } = all;
  return [
    `A  ${a.model.name} ${a.model.version}, ${fileA}`,
    `B  ${b.model.name} ${b.model.version}, ${fileB}`,
    `${films} films of ${patients} patients, ${positives} with a true box.`,
    `In brackets: 95 % intervals of the paired difference, ${bootstrap.resamples} resamples of patients; * excludes 0.`,
    '',
    table([['', 'A', 'B', 'B - A'], ...figures.map((figure) => lineOf(figure, all))]),
    ...(others.length === 0 ? [] : [groupTable(groups)]),
  ].join('\n');
}

function lineOf([name, title]: (typeof figures)[number], { a, b, difference }: GroupComparison): string[] {
  return [title, thousandths(a[name]), thousandths(b[name]), gainText(difference[name])];
}

function groupTable(groups: readonly GroupComparison[]): string {
  const shown = figures.filter(([name]) => ['ap40', 'ap50', 'auc', 'mean'].includes(name));
  const rows = groups.map(({ kind, name, films, positives, difference }) => [
    kind === 'source' ? `  ${name}` : name,
    `${positives}/${films - positives}`,
    ...shown.map(([figure]) => gainText(difference[figure])),
  ]);
  return table([['B - A', 'with/without', ...shown.map(([, title]) => title)], ...rows]);
}

/** `+.015 [-.004, +.031]`; a star if the interval excludes 0. */
export function gainText({ value, low, high }: Figure): string {
  if (value === null) return '–';
  if (low === null || high === null) return signed(value);
  return `${signed(value)} [${signed(low)}, ${signed(high)}]${low > 0 || high < 0 ? ' *' : ''}`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${thousandths(Math.abs(value))}`;
}

/** Three decimals without the leading zero: differences that matter are a few hundredths. */
export function thousandths(value: number | null): string {
  return value === null ? '–' : value.toFixed(3).replace(/^0\./, '.');
}
