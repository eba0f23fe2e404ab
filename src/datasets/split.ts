import { groupBy } from './images.js';
import { seededRandom } from '../random.js';
import { shuffled } from './shuffled.js';

export const splitNames = ['train', 'val', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

export interface SplitFilm {
  readonly image: string;
  readonly patient: string;
  /** What should be as frequent in each split as overall, e.g. positive or not, and the source. */
  readonly stratum: string;
  /** A split to keep, for all films of the patient. */
  readonly fixed?: SplitName;
}

export interface SplitShares {
  /** Share of the films: at least 0, below 1. */
  readonly val: number;
  readonly test: number;
}

/**
 * Puts each patient, with all films, into one split, so that the shares of films and the mixture of strata come as
 * close to the request as whole patients allow. Patients with many films are placed first; ties are broken at random.
 * The same seed gives the same split, whatever the order of the films.
 *
 * If any film of a patient has a `fixed` split, all of them get it; the caller checks that they agree.
 */
export function splitByPatient(films: readonly SplitFilm[], shares: SplitShares, seed: number): Map<string, SplitName> {
  if (!(shares.val >= 0 && shares.test >= 0 && shares.val + shares.test < 1))
    throw new RangeError('val and test must be shares that leave something to train on');
  const patients = [...groupBy(films, ({ patient }) => patient)].map(([patient, own]) => ({
    patient,
    films: own,
    strata: counted(own.map(({ stratum }) => stratum)),
  }));
  patients.sort((a, b) => (a.patient < b.patient ? -1 : 1));
  const wanted = wantedFilms(films, shares);
  const wanting = wantedFilms(films, shares);
  const result = new Map<string, SplitName>();
  const place = (patient: (typeof patients)[number], split: SplitName) => {
    for (const { image } of patient.films) result.set(image, split);
    for (const [stratum, n] of patient.strata)
      wanting.get(stratum)?.set(split, (wanting.get(stratum)?.get(split) ?? 0) - n);
  };

  const free = patients.filter((patient) => {
    const fixed = patient.films.find((film) => film.fixed !== undefined)?.fixed;
    if (fixed !== undefined) place(patient, fixed);
    return fixed === undefined;
  });
  // The sort is stable, so patients with equally many films stay in random order.
  const queue = shuffled(free, seededRandom(seed)).sort((a, b) => b.films.length - a.films.length);
  for (const patient of queue) place(patient, mostWanting(patient.strata, wanted, wanting));
  return result;
}

type FilmCounts = Map<string, Map<SplitName, number>>;

/** For each stratum, how many films each split should get. */
function wantedFilms(films: readonly SplitFilm[], { val, test }: SplitShares): FilmCounts {
  const share = { train: 1 - val - test, val, test };
  const totals = counted(films.map(({ stratum }) => stratum));
  return new Map(
    [...totals].map(([stratum, n]) => [stratum, new Map(splitNames.map((split) => [split, n * share[split]]))]),
  );
}

/**
 * The split that would still lack the largest part of its share after getting the patient. So all fill at the same
 * pace, and each gets patients with many films and with few. Splits that weren't asked for get none.
 */
function mostWanting(strata: ReadonlyMap<string, number>, wanted: FilmCounts, wanting: FilmCounts): SplitName {
  let best: SplitName = 'train';
  let most = -Infinity;
  for (const split of splitNames) {
    let lack = 0;
    for (const [stratum, n] of strata) {
      const share = wanted.get(stratum)?.get(split) ?? 0;
      lack += share === 0 ? -Infinity : (n * ((wanting.get(stratum)?.get(split) ?? 0) - n)) / share;
    }
    if (lack > most) {
      most = lack;
      best = split;
    }
  }
  return best;
}

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
