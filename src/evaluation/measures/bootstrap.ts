import { seededRandom } from '../../random.js';
import { type Figure, type Figures, type Measure, once, orNull, rounded } from './measure.js';

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
}

export const defaultBootstrap: BootstrapOptions = { resamples: 1000, seed: 20_261_121 };

/**
 * Draws as many patients as there are, with replacement, each with all of their films: films of one patient are not
 * independent, so drawing films would make intervals too narrow (Rutter 2000, for detection studies).
 *
 * @param patients patient of each film, any whole numbers
 * @returns for each resample, how often each film counts; no resamples if all films are of one patient, who says
 * nothing about others
 */
export function drawPatients(patients: readonly number[], { resamples, seed }: BootstrapOptions): Float64Array[] {
  const place = new Map([...new Set(patients)].map((patient, index) => [patient, index]));
  const placeOfFilm = patients.map((patient) => place.get(patient) ?? 0);
  if (place.size < 2) return [];
  const random = seededRandom(seed);
  return Array.from({ length: resamples }, () => {
    const times = new Float64Array(place.size);
    for (let i = 0; i < place.size; i++) times[Math.floor(random() * place.size)]! += 1;
    return Float64Array.from(placeOfFilm, (index) => times[index]!);
  });
}

/** The figures of a measure with their 95 % percentile intervals (Efron and Tibshirani 1993, chapter 13). */
export function withIntervals<Name extends string>(
  measure: Measure<Name>,
  films: number,
  draws: readonly Float64Array[],
): Figures<Name> {
  const values = measure.of(once(films));
  const resampled = draws.map((weights) => measure.of(weights));
  return mapRecord(measure.cases, (n, name) => ({
    ...interval(
      values[name],
      resampled.map((figures) => figures[name]),
    ),
    n,
  }));
}

/**
 * A value with the interval of its resamples. Resamples in which it is undefined (NaN) are left out; if more than
 * half are, there is no interval.
 */
function interval(value: number, resampled: readonly number[]): Omit<Figure, 'n'> {
  const sample = Float64Array.from(resampled)
    .filter((each) => !Number.isNaN(each))
    .sort();
  const enough = sample.length * 2 > resampled.length;
  return {
    value: orNull(value),
    low: enough ? percentile(sample, 0.025) : null,
    high: enough ? percentile(sample, 0.975) : null,
  };
}

/** Percentile of sorted values, interpolated between neighbours (numpy's default, Hyndman and Fan's type 7). */
export function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const first = sorted[below]!;
  return rounded(first + (at - below) * ((sorted[below + 1] ?? first) - first));
}

function mapRecord<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  to: (value: From, name: Name) => To,
): Record<Name, To> {
  const isName = (key: string): key is Name => key in record;
  const entries = Object.keys(record)
    .filter(isName)
    .map((name) => [name, to(record[name], name)]);
  // Object.fromEntries loses the type of its keys: they are those of the record.
  return Object.fromEntries(entries) as Record<Name, To>;
}
