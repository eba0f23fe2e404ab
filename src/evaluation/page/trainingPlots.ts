import { axisOver } from '../../svg/index.js';
import type { Plot } from './plotFigure.js';

/** The log that training/train.py writes: one row per epoch. */
export interface TrainingLog {
  readonly columns: readonly string[];
  /** Numbers by column; NaN if a cell is empty. */
  readonly rows: readonly Readonly<Record<string, number>>[];
}

/** Columns about the progress of the run, not its quality. */
const progress = ['epoch', 'images', 'seconds', 'size'];

/** Measured on validation films: a column for the mean over sets, and one for each set, with `_SET` appended. */
const measures: Readonly<Record<string, string>> = {
  ap40: 'AP at IoU .4',
  ap50: 'AP at IoU .5',
  auc: 'Film-level AUC',
  auc_attribute0: 'AUC of the first attribute',
};

/**
 * The parts of the loss, and what was measured on validation films, over the films shown. Empty if the log has
 * neither.
 */
export function trainingPlots({ columns, rows }: TrainingLog): Plot[] {
  const measureOf = (column: string) =>
    column in measures ? column : Object.keys(measures).find((measure) => column.startsWith(`${measure}_`));
  const losses = columns
    .filter((column) => !progress.includes(column) && measureOf(column) === undefined)
    .map((column) => [column, column] as const);
  const plots = Object.entries(measures).map(([measure, title]) => {
    const own = columns.filter((column) => measureOf(column) === measure);
    return plotOf(
      `${title}, on validation films`,
      title,
      own.map((column) => [
        column === measure ? (own.length > 1 ? 'mean' : title) : column.slice(measure.length + 1),
        column,
      ]),
      rows,
    );
  });
  return [plotOf('Parts of the loss, on training films', 'loss', losses, rows), ...plots].flatMap((each) => each ?? []);
}

function plotOf(
  title: string,
  unit: string,
  named: readonly (readonly [name: string, column: string])[],
  rows: TrainingLog['rows'],
): Plot | undefined {
  const shown = (row: Readonly<Record<string, number>>, i: number) => row['images'] ?? i + 1;
  const series = named
    .map(([name, column]) => ({
      name,
      points: rows.flatMap((row, i) =>
        Number.isFinite(row[column]) ? [[shown(row, i), row[column] ?? NaN] as const] : [],
      ),
    }))
    .filter(({ points }) => points.length > 0);
  if (series.length === 0) return undefined;
  const points = series.flatMap((each) => each.points);
  return {
    title,
    x: axisOver(
      'films shown',
      points.map(([x]) => x),
    ),
    y: axisOver(
      unit,
      points.map(([, y]) => y),
    ),
    series,
  };
}
