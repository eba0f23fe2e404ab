import { type Appearance, appearances, type FilmResult } from '../results/results.js';
import { type Confusion, confusionOf } from './confusion.js';

export type FilmOfKnownAppearance = FilmResult & { readonly appearance: Appearance };

/** Films whose appearance readers have stated: no others count here. */
export function withKnownAppearance(films: readonly FilmResult[]): FilmOfKnownAppearance[] {
  return films.filter((film): film is FilmOfKnownAppearance => film.appearance !== null);
}

/** Whether a network has any of the three attribute classes. It leaves out those that it did not learn. */
export function tellsAppearance(attributes: readonly string[]): boolean {
  return appearances.some((name) => name !== 'negative' && attributes.includes(name));
}

/** Rows are what readers said, columns what the network said. */
export function appearanceConfusion(films: readonly FilmOfKnownAppearance[], threshold: number): Confusion {
  return confusionOf(
    appearances,
    appearancePairs(films, threshold).map(([truth, said]) => [truth, said, 1]),
  );
}

/** Truth and prediction of each film, as indices into the four categories. */
export function appearancePairs(
  films: readonly FilmOfKnownAppearance[],
  threshold: number,
): (readonly [truth: number, prediction: number])[] {
  return films.map((film) => [
    appearances.indexOf(film.appearance),
    appearances.indexOf(saidAppearance(film, threshold)),
  ]);
}

/** `negative` below the operating point, else the strongest attribute of the best box. */
export function saidAppearance(
  { filmScore, attributes }: Pick<FilmResult, 'filmScore' | 'attributes'>,
  threshold: number,
): Appearance {
  if (filmScore < threshold || attributes === null) return 'negative';
  const [first, ...others] = (['typical', 'indeterminate', 'atypical'] as const).map((name) => ({
    name,
    probability: attributes[name] ?? 0,
  }));
  return (
    others.reduce((best, other) => (other.probability > (best?.probability ?? 0) ? other : best), first)?.name ??
    'typical'
  );
}
