import { type AnnotationSet, count } from '../../datasets/index.js';
import { UsageError } from '../exit.js';
import type { Input } from './input.js';

/**
 * A broken row that names no film may hold the boxes of any film: then no film without annotation is known to be
 * negative.
 *
 * @throws UsageError if there is such a row
 */
export function refuseNamelessFaults({ faults }: Input): void {
  const nameless = faults.filter(({ image }) => image === undefined);
  if (nameless.length > 0)
    throw new UsageError(
      `${count(nameless.length, 'fault')} (above) name no film, ` +
        `so --add-negatives can't tell which films are negative: fix the annotations first`,
    );
}

export interface Unlisted {
  /** With the images that the annotations do not name, if they were asked for. */
  readonly set: AnnotationSet;
  readonly unlisted: number;
  /** Images that may be an annotated film under another name: they must not count as negative. */
  readonly doubtful: number;
}

/** Finds the images that the annotations do not name; `add`: adds them as negative films. */
export function withUnlisted({ set, faults, images }: Input, add: boolean): Unlisted {
  const films = new Set(set.films.map(({ image }) => image));
  // A film that was left out because of a fault is listed as well.
  const found = new Set(faults.flatMap(({ image = '' }) => images?.find(image)?.name ?? []));
  const meant = new Set(
    faults.flatMap(({ image = '' }) =>
      (images?.find(image) === undefined ? (images?.namesakes(image) ?? []) : []).map(({ name }) => name),
    ),
  );
  const others = (images?.images ?? []).filter(
    ({ name, size }) => size !== undefined && !films.has(name) && !found.has(name),
  );
  // An annotated film that has no namesake here may be any of the images without annotation, under another name.
  const astray = faults.some(
    ({ code, image }) => code === 'missing-image' && image !== undefined && images?.namesakes(image).length === 0,
  );
  const unlisted = others.filter(({ name }) => !meant.has(name) && !(add && astray));
  const negatives = unlisted.map(({ name, size }) => ({
    image: name,
    ...(size === undefined ? {} : { size }),
    boxes: [],
  }));
  return {
    set: add ? { ...set, films: [...set.films, ...negatives] } : set,
    unlisted: unlisted.length,
    doubtful: others.length - unlisted.length,
  };
}
