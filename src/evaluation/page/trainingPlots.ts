import { axisOver, type Plot } from './svgPlot.js';

/** The log of a training run: a row an epoch. */
export interface TrainingLog {
  readonly columns: readonly string[];
  /** Numbers by column; NaN where a cell is empty. */
  readonly rows: readonly Readonly<Record<string, number>>[];
}

/** Losses, and what was measured on validation films, over epochs. Columns that hold neither are left out. */
export function trainingPlots({ columns, rows }: TrainingLog): Plot[] {
  const losses = columns.filter((name) => /loss/i.test(name));
  const measured = columns.filter((name) => /^val_/i.test(name) && !losses.includes(name));
  return [plot('Loss over the training run', 'loss', losses, rows), plot('Validation figures over the training run', 'value', measured, rows)].flatMap((each) => each ?? []);
}

function plot(title: string, unit: string, names: readonly string[], rows: TrainingLog['rows']): Plot | undefined {
  const series = names
    .map((name) => ({ name, points: rows.flatMap((row, i) => (Number.isFinite(row[name]) ? [[row['epoch'] ?? i + 1, row[name] ?? NaN] as const] : [])) }))
    .filter(({ points }) => points.length > 0);
  if (series.length === 0) return undefined;
  const points = series.flatMap((each) => each.points);
  return { title, x: axisOver('epoch', points.map(([x]) => x)), y: axisOver(unit, points.map(([, y]) => y)), series };
}
