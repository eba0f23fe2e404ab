import type { AnnotatedFilm, FilmSize } from './annotations.js';
import { groupBy } from './images.js';

/** A film with what is known about it besides its boxes. */
export interface CountedFilm {
  readonly film: AnnotatedFilm;
  readonly size?: FilmSize;
  readonly split: string;
  readonly source: string;
  readonly patient?: string;
}

export interface Counts {
  readonly split: string;
  readonly source: string;
  readonly films: number;
  /** Films with a box. */
  readonly positive: number;
  readonly boxes: number;
  /** Null if patients are unknown. */
  readonly patients: number | null;
}

/** 5th, 25th, 50th, 75th and 95th percentile. */
export type Quantiles = readonly [number, number, number, number, number];

export interface SetStats {
  readonly total: Counts;
  /** For each split and source; '' if unknown. */
  readonly groups: readonly Counts[];
  /** Boxes and films of each label, most frequent first. */
  readonly labels: readonly { readonly label: string; readonly boxes: number; readonly films: number }[];
  /** How many films have 0, 1, 2 … boxes. */
  readonly boxesPerFilm: readonly number[];
  /**
   * Null if no box is on a film of known size. Width, height and area are shares of the film; aspect is width divided
   * by height, in pixels.
   */
  readonly sides: {
    readonly width: Quantiles;
    readonly height: Quantiles;
    readonly area: Quantiles;
    readonly aspect: Quantiles;
  } | null;
  /** Width and height of each box as shares of its film, in film order. */
  readonly shares: readonly (readonly [number, number])[];
}

export function statsOf(films: readonly CountedFilm[]): SetStats {
  const groups = [...groupBy(films, ({ split, source }) => JSON.stringify([split, source])).values()].map((group) =>
    countsOf(group, group[0]?.split ?? '', group[0]?.source ?? ''),
  );
  groups.sort((a, b) => compare(a.split, b.split) || compare(a.source, b.source));
  const boxes = films.flatMap(({ film, size }) =>
    film.boxes.map(({ box, label }) => ({ box, label, size, image: film.image })),
  );
  const labels = [...groupBy(boxes, ({ label }) => label)].map(([label, own]) => ({
    label,
    boxes: own.length,
    films: new Set(own.map(({ image }) => image)).size,
  }));
  labels.sort((a, b) => b.boxes - a.boxes || compare(a.label, b.label));
  const boxesPerFilm = Array.from(
    { length: 1 + films.reduce((most, { film }) => Math.max(most, film.boxes.length), 0) },
    () => 0,
  );
  for (const { film } of films) boxesPerFilm[film.boxes.length] = (boxesPerFilm[film.boxes.length] ?? 0) + 1;
  const shares = boxes.flatMap(({ box, size }): [number, number][] =>
    size === undefined ? [] : [[box.width / size.width, box.height / size.height]],
  );
  const sides = {
    width: quantiles(shares.map(([width]) => width)),
    height: quantiles(shares.map(([, height]) => height)),
    area: quantiles(shares.map(([width, height]) => width * height)),
    aspect: quantiles(boxes.map(({ box }) => box.width / box.height)),
  };
  return {
    total: countsOf(films, 'all', ''),
    groups,
    labels,
    boxesPerFilm,
    sides: shares.length === 0 ? null : sides,
    shares,
  };
}

function countsOf(films: readonly CountedFilm[], split: string, source: string): Counts {
  const patients = films.map(({ patient }) => patient);
  return {
    split,
    source,
    films: films.length,
    positive: films.filter(({ film }) => film.boxes.length > 0).length,
    boxes: films.reduce((sum, { film }) => sum + film.boxes.length, 0),
    patients: patients.includes(undefined) ? null : new Set(patients).size,
  };
}

/** By nearest rank. */
function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)] ?? Number.NaN;
  return [at(5), at(25), at(50), at(75), at(95)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
