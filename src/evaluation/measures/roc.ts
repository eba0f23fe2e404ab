/** Score and truth of a case. */
export interface Scored {
  readonly score: number;
  readonly positive: boolean;
  /** Index of its film, and so of its weight. */
  readonly film: number;
}

/**
 * Area under the ROC curve, prepared for many resamples: the share of pairs of a positive and a negative in which the
 * positive scores higher; equal scores count one half (Hanley and McNeil 1982). NaN without positives or negatives.
 */
export function rocAuc(cases: readonly Scored[]): (weights: Float64Array) => number {
  const sorted = cases.toSorted((a, b) => a.score - b.score);
  const film = Int32Array.from(sorted, (c) => c.film);
  const positive = Uint8Array.from(sorted, (c) => Number(c.positive));
  const endsTie = Uint8Array.from(sorted, ({ score }, i) => Number(score !== sorted[i + 1]?.score));
  return (weights) => {
    let below = 0;
    let positives = 0;
    let won = 0;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (let i = 0; i < film.length; i++) {
      const weight = weights[film[i]!]!;
      if (positive[i] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
      if (endsTie[i] === 0) continue;
      won += tiedPositives * (below + tiedNegatives / 2);
      below += tiedNegatives;
      positives += tiedPositives;
      tiedPositives = tiedNegatives = 0;
    }
    return won / (positives * below);
  };
}

/** The curve: a point for every distinct score, from (0, 0) to (1, 1). Empty without positives or negatives. */
export function rocCurve(cases: readonly Scored[]): { falsePositiveRate: number; sensitivity: number }[] {
  const positives = cases.filter((c) => c.positive).length;
  const negatives = cases.length - positives;
  if (positives === 0 || negatives === 0) return [];
  const points = [{ falsePositiveRate: 0, sensitivity: 0 }];
  let [hits, falseAlarms] = [0, 0];
  const sorted = cases.toSorted((a, b) => b.score - a.score);
  sorted.forEach(({ positive, score }, i) => {
    if (positive) hits++;
    else falseAlarms++;
    if (score !== sorted[i + 1]?.score)
      points.push({ falsePositiveRate: falseAlarms / negatives, sensitivity: hits / positives });
  });
  return points;
}
