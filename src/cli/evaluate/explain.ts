import { type Command, Option } from 'commander';
import { explain, type Explanation, type FaultName, faults, type GroupExplanation } from '../../evaluation/index.js';
import { table } from '../table.js';
import { gainText, thousandths } from './compare.js';
import { readResultsFile } from './files.js';
import { otherReports } from './options.js';

export interface ExplainOptions {
  readonly explain?: string;
  readonly resamples: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Adds `--explain` to `evaluate`. */
export function withExplain(command: Command): Command {
  return command.addOption(
    new Option('--explain <file>', 'a results.csv: what AP would be if one kind of fault were forgiven').conflicts([
      ...otherReports,
      'compare',
      'sharedFilms',
    ]),
  );
}

/** Prints what costs a network average precision. */
export async function printExplanation(file: string, { resamples, seed, json }: ExplainOptions): Promise<void> {
  const explanation = explain(await readResultsFile(file), { resamples, seed });
  process.stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : inWords(explanation, file));
}

const titles: Readonly<Record<FaultName, string>> = {
  placement: 'placement: IoU .3 is enough',
  edges: 'edges: the highest-scored box near each lesion is exactly on it',
  ranking: 'ranking: the best-placed box near each lesion has the highest score',
  secondBoxes: 'second boxes: none on a lesion that is found',
  background: 'background: no box away from the lesions of a film that has any',
  negativeFilms: 'negative films: no box on a film without a lesion (a perfect film classifier)',
  misses: 'misses: lesions without any box near them do not count',
};

function inWords({ run, groups, bootstrap }: Explanation, file: string): string {
  const [all, ...others] = groups;
  if (all === undefined) throw new Error('an explanation has a group of all films');
  return [
    `${run.model.name} ${run.model.version}, ${file}: ${all.films} films, ${all.truths} true boxes`,
    'AP if one kind of fault were forgiven. Each is forgiven alone; gains do not add up. Near is IoU .1 or more.',
    `In brackets: 95 % intervals of the gain, ${bootstrap.resamples} resamples of patients; * excludes 0.`,
    '',
    precisionTable(all),
    countTable(all, run.model.threshold),
    ...(others.length === 0 ? [] : [groupTable(groups)]),
    'A results file does not say which edge of a box is wrong, how boxes overlap each other, or what overlaps by less',
    'than IoU .05 or with another class. A lesion that readers did not mark counts as background.',
    '',
  ].join('\n');
}

function precisionTable({ ap40, ap50 }: GroupExplanation): string {
  return table([
    ['', 'AP .4', 'gain', 'AP .5', 'gain'],
    ['as measured', thousandths(ap40.measured), '', thousandths(ap50.measured)],
    ...faults.map((fault) => [
      titles[fault],
      ...[ap40, ap50].flatMap(({ forgiven, gain }) => [thousandths(forgiven[fault]), gainText(gain[fault])]),
    ]),
  ]);
}

function countTable({ ap40, ap50 }: GroupExplanation, threshold: number): string {
  const row = (title: string, of: (at: GroupExplanation['ap40']) => number): string[] => [
    title,
    String(of(ap40)),
    String(of(ap50)),
  ];
  return table([
    [`at the operating point, ${threshold}`, 'IoU .4', 'IoU .5'],
    row('boxes that are right', ({ boxes }) => boxes.right),
    row('  second on a lesion', ({ boxes }) => boxes.second),
    row('  near a lesion, misplaced', ({ boxes }) => boxes.edges),
    row('  away from the lesions of the film', ({ boxes }) => boxes.background),
    row('  on a film without a lesion', ({ boxes }) => boxes.negativeFilm),
    row('lesions that are found', ({ lesions }) => lesions.found),
    row('  by a box below the operating point only', ({ lesions }) => lesions.scoredTooLow),
    row('  near a box, misplaced', ({ lesions }) => lesions.edges),
    row('  without any box near', ({ lesions }) => lesions.missed),
  ]);
}

function groupTable(groups: readonly GroupExplanation[]): string {
  const names = ['placement', 'edges', 'ranking', 'second boxes', 'background', 'negative films', 'misses'];
  const rows = groups.map(({ kind, name, truths, ap50 }) => [
    kind === 'source' ? `  ${name}` : name,
    String(truths),
    thousandths(ap50.measured),
    ...faults.map((fault) => gainText({ ...ap50.gain[fault], low: null, high: null })),
  ]);
  return table([['gain of AP .5', 'lesions', 'measured', ...names], ...rows]);
}
