import type { Film } from './film.js';

/**
 * The film with its grey levels inverted, v → 2^bits − 1 − v in every channel: a negative becomes a film again.
 * `facts.preparation.inverted` says whether the stored values were inverted overall, so it flips as well (a TIFF whose
 * zero is white has been inverted once already).
 */
export function invertFilm(film: Film): Film {
  const { preparation } = film.facts;
  return {
    ...film,
    pixels:
      film.pixels instanceof Uint16Array
        ? film.pixels.map((value) => 65535 - value)
        : film.pixels.map((value) => 255 - value),
    facts: { ...film.facts, preparation: { ...preparation, inverted: !preparation.inverted } },
  };
}

/**
 * The film with its stored grey levels inverted or not, as it was analysed according to a report.
 *
 * @param inverted `preparation.inverted` of the report; undefined: as it decodes
 */
export function asAnalysed(film: Film, inverted: boolean | undefined): Film {
  return inverted === undefined || inverted === film.facts.preparation.inverted ? film : invertFilm(film);
}
