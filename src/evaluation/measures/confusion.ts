/** Counts of (truth, prediction); rows are the truth. */
export interface Confusion {
  readonly labels: readonly string[];
  /** `counts[truth][prediction]`. */
  readonly counts: readonly (readonly number[])[];
}

/** One line of a classification report. */
export interface ClassLine {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** As scikit-learn's `classification_report` (zero_division=0). */
export interface ClassificationReport {
  readonly classes: Readonly<Record<string, ClassLine>>;
  readonly accuracy: number;
  readonly macroAverage: ClassLine;
  readonly weightedAverage: ClassLine;
}

/** @param pairs indices into the labels: truth, prediction, and how often it counts */
export function confusionOf(
  labels: readonly string[],
  pairs: Iterable<readonly [truth: number, prediction: number, weight: number]>,
): Confusion {
  const counts = labels.map(() => labels.map(() => 0));
  for (const [truth, prediction, weight] of pairs) counts[truth]![prediction]! += weight;
  return { labels, counts };
}

export function classificationReport({ labels, counts }: Confusion): ClassificationReport {
  const lines = labels.map((_, k) => {
    const right = counts[k]![k]!;
    const support = sum(counts[k]!);
    const predicted = sum(counts.map((row) => row[k]!));
    return {
      precision: ratio(right, predicted),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + predicted),
      support,
    };
  });
  const total = sum(lines.map(({ support }) => support));
  const average = (weightOf: (line: ClassLine) => number): ClassLine => {
    const mean = (field: 'precision' | 'recall' | 'f1'): number =>
      sum(lines.map((line) => line[field] * weightOf(line)));
    return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1'), support: total };
  };
  return {
    classes: Object.fromEntries(labels.map((label, k) => [label, lines[k]!])),
    accuracy: ratio(sum(labels.map((_, k) => counts[k]![k]!)), total),
    macroAverage: average(() => 1 / labels.length),
    weightedAverage: average(({ support }) => ratio(support, total)),
  };
}

/**
 * Cohen's kappa: agreement beyond what the marginal frequencies give by chance (Cohen 1960). NaN if chance always
 * agrees.
 */
export function kappa({ labels, counts }: Confusion): number {
  const total = sum(counts.map(sum));
  const agreed = sum(labels.map((_, k) => counts[k]![k]!)) / total;
  const byChance = sum(labels.map((_, k) => (sum(counts[k]!) / total) * (sum(counts.map((row) => row[k]!)) / total)));
  return (agreed - byChance) / (1 - byChance);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
