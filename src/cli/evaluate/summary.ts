import { type EvaluationReport, figureText, type GroupReport } from '../../evaluation/index.js';

/** The figures that are asked for first, a line a group. */
export function summary(report: EvaluationReport): string {
  const rows = report.groups.map(lineOf);
  const table = [
    ['films', 'with/without', 'AP .4', 'AP .5', 'AUC', 'FROC mean', 'sensitivity', 'specificity'].flatMap((name, i) =>
      i === 0 ? ['', name] : [name],
    ),
    ...rows,
  ];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return `${table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

function lineOf({ kind, name, counts, boxes, films }: GroupReport): string[] {
  const { ap40, ap50 } = boxes.averagePrecision;
  const { auc, sensitivity, specificity } = films.figures;
  return [
    kind === 'source' ? `  ${name}` : name,
    String(counts.films),
    `${counts.positives}/${counts.negatives}`,
    ...[ap40, ap50, auc, boxes.froc.mean, sensitivity, specificity].map(figureText),
  ];
}
