import type { Figures, Measure } from './measure.js';
import { seededRandom } from '../random.js';

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
}

/**
 * Draws patients with replacement, each with all of their films, as often as there are patients: films of one patient are not
 * independent, so drawing films would make intervals too narrow (Rutter 2000, for detection studies). Gives how often each film
 * counts, a row for every resample; none where all films are of one patient, which says nothing about others.
 *
 * @param patients patient of each film, any whole numbers
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

/**
 * The figures of a measure with their 95 % percentile intervals (Efron and Tibshirani 1993, chapter 13). Resamples in which a figure is not
 * defined are left out for that figure; where more than half are, there is no interval.
 */
export function withIntervals<Name extends string>(
  measure: Measure<Name>,
  films: number,
  draws: readonly Float64Array[],
): Figures<Name> {
  const values = measure.of(new Float64Array(films).fill(1));
  const resampled = draws.map((weights) => measure.of(weights));
  return mapRecord(measure.cases, (n, name) => {
    const sample = Float64Array.from(resampled, (figures) => figures[name])
      .filter((value) => !Number.isNaN(value))
      .sort();
    const enough = sample.length * 2 > draws.length;
    return {
      value: orNull(values[name]),
      low: enough ? percentile(sample, 0.025) : null,
      high: enough ? percentile(sample, 0.975) : null,
      n,
    };
  });
}

/** Percentile of sorted values, between neighbours in proportion (numpy's default, Hyndman and Fan's type 7). */
export function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const first = sorted[below]!;
  return rounded(first + (at - below) * ((sorted[below + 1] ?? first) - first));
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : rounded(value);
}

/** Six decimals: more than any figure is worth, and the same text on every machine. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function mapRecord<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  to: (value: From, name: Name) => To,
): Record<Name, To> {
  const isName = (key: string): key is Name => key in record;
  const entries = Object.keys(record)
    .filter(isName)
    .map((name) => [name, to(record[name], name)]);
  // Object.fromEntries forgets the names of its keys: they are those of the record.
  return Object.fromEntries(entries) as Record<Name, To>;
}
