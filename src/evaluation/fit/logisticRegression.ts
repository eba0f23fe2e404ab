/** What is known of a case, and the probability that it should get. */
export interface RegressionCase {
  readonly features: readonly number[];
  readonly target: number;
}

/**
 * Maximum likelihood weights w for P = σ(Σ wᵢ · featureᵢ): Newton's method with step halving (Lin, Lin and Weng
 * 2007), which can't diverge if the cases are nearly separable.
 *
 * @param start weights to begin with, one per feature
 */
export function logisticRegression(cases: readonly RegressionCase[], start: readonly number[]): number[] {
  let weights = [...start];
  let loss = lossOf(cases, weights);
  for (let iteration = 0; iteration < 100; iteration++) {
    const step = newtonStep(cases, weights);
    let scale = 1;
    let next = moved(weights, step, scale);
    while (lossOf(cases, next) > loss && scale > 1e-10) next = moved(weights, step, (scale /= 2));
    const gained = loss - lossOf(cases, next);
    if (gained > 0) weights = next;
    loss -= gained;
    if (gained < 1e-12 * cases.length) break;
  }
  return weights;
}

function lossOf(cases: readonly RegressionCase[], weights: readonly number[]): number {
  let sum = 0;
  for (const { features, target } of cases) {
    const z = dot(features, weights);
    // −target · log σ(z) − (1 − target) · log σ(−z), without overflow.
    sum += Math.max(z, 0) - target * z + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}

function newtonStep(cases: readonly RegressionCase[], weights: readonly number[]): number[] {
  const size = weights.length;
  const gradient = new Array<number>(size).fill(0);
  // A trace on the diagonal, since features may be collinear.
  const hessian = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1e-12 : 0)));
  for (const { features, target } of cases) {
    const p = 1 / (1 + Math.exp(-dot(features, weights)));
    for (let i = 0; i < size; i++) {
      gradient[i]! += (p - target) * features[i]!;
      for (let j = 0; j < size; j++) hessian[i]![j]! += p * (1 - p) * features[i]! * features[j]!;
    }
  }
  return solve(hessian, gradient).map((value) => -value);
}

/** x of A·x = b, by Gaussian elimination with partial pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row, i) => (Math.abs(row[column]!) > Math.abs(rows[best]![column]!) ? column + i : best), column);
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let k = column; k <= size; k++) rows[row]![k]! -= factor * rows[column]![k]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const known = rows[row]!.slice(row + 1, size).reduce((sum, value, k) => sum + value * solution[row + 1 + k]!, 0);
    solution[row] = (rows[row]![size]! - known) / rows[row]![row]!;
  }
  return solution;
}

function moved(weights: readonly number[], step: readonly number[], scale: number): number[] {
  return weights.map((weight, i) => weight + scale * step[i]!);
}

function dot(features: readonly number[], weights: readonly number[]): number {
  return features.reduce((sum, feature, i) => sum + feature * weights[i]!, 0);
}
