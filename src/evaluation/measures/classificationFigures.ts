import { withIntervals } from './bootstrap.js';
import { type ClassificationReport, type ClassLine, classificationReport, confusionOf } from './confusion.js';
import { type Figure, once } from './measure.js';

/** One line of a classification report with intervals. */
interface ClassFigures {
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
  /** Films of this truth. */
  readonly support: number;
}

export interface ClassificationFigures {
  readonly classes: Readonly<Record<string, ClassFigures>>;
  readonly accuracy: Figure;
  readonly macroAverage: ClassFigures;
  readonly weightedAverage: ClassFigures;
}

const fields = ['precision', 'recall', 'f1'] as const;

/**
 * The classification report with an interval for each figure.
 *
 * @param pairs truth and prediction of each film, as indices into the labels
 * @param draws how often each film counts, one array per resample
 */
export function classificationFigures(
  labels: readonly string[],
  pairs: readonly (readonly [truth: number, prediction: number])[],
  draws: readonly Float64Array[],
): ClassificationFigures {
  const reportOf = (weights: Float64Array) =>
    classificationReport(
      confusionOf(
        labels,
        pairs.map(([truth, prediction], i) => [truth, prediction, weights[i]!]),
      ),
    );
  const valuesOf = (weights: Float64Array): Record<string, number> => {
    const report = reportOf(weights);
    return Object.fromEntries([
      ['accuracy', report.accuracy],
      ...linesOf(report).flatMap(([name, line]) => fields.map((field) => [key(name, field), line[field]] as const)),
    ]);
  };
  const report = reportOf(once(pairs.length));
  const cases = Object.fromEntries(Object.keys(valuesOf(once(pairs.length))).map((name) => [name, pairs.length]));
  const figures = withIntervals({ cases, of: valuesOf }, pairs.length, draws);
  const line = (name: string, { support }: ClassLine): ClassFigures => ({
    precision: figures[key(name, 'precision')]!,
    recall: figures[key(name, 'recall')]!,
    f1: figures[key(name, 'f1')]!,
    support,
  });
  return {
    classes: Object.fromEntries(
      Object.entries(report.classes).map(([label, own]) => [label, line(`class ${label}`, own)]),
    ),
    accuracy: figures['accuracy']!,
    macroAverage: line('macro', report.macroAverage),
    weightedAverage: line('weighted', report.weightedAverage),
  };
}

function linesOf({ classes, macroAverage, weightedAverage }: ClassificationReport): [name: string, line: ClassLine][] {
  return [
    ...Object.entries(classes).map(([label, line]): [string, ClassLine] => [`class ${label}`, line]),
    ['macro', macroAverage],
    ['weighted', weightedAverage],
  ];
}

function key(line: string, field: (typeof fields)[number]): string {
  return `${line}, ${field}`;
}
