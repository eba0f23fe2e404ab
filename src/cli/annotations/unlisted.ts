import { type AnnotationSet, count } from '../../datasets/index.js';
import { UsageError } from '../exit.js';
import type { Input } from './input.js';

/**
 * A broken row that names no film may hold the boxes of any film, so no film without annotation is known to be
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
export function withUnlisted(input: Input, add: boolean): Unlisted {
  const { set, images } = input;
  const films = new Set(set.films.map(({ image }) => image));
  const { isLeftOut, isMeant, anyMayBeMeant } = doubtsOf(input);
  const others = (images?.images ?? []).filter(
    ({ name, size }) => size !== undefined && !films.has(name) && !isLeftOut(name),
  );
  const unlisted = others.filter(({ name }) => !isMeant(name) && !(add && anyMayBeMeant));
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

/**
 * Whether a film missing from the set may still have boxes, because a fault is or may be about it: such a film must not
 * count as one without boxes.
 */
export function mayHaveBoxes(input: Input): (image: string) => boolean {
  const films = new Set(input.set.films.map(({ image }) => image));
  const nameOf = (image: string) => input.images?.find(image)?.name ?? image;
  const nameless = input.faults.some(({ image }) => image === undefined);
  const { isLeftOut, isMeant, anyMayBeMeant } = doubtsOf(input);
  return (image) => {
    const name = nameOf(image);
    return !films.has(name) && (nameless || anyMayBeMeant || isLeftOut(name) || isMeant(name));
  };
}

interface Doubts {
  /** Whether the film was left out because of a fault. */
  readonly isLeftOut: (image: string) => boolean;
  /** Whether it may be the film that a fault names differently. */
  readonly isMeant: (image: string) => boolean;
  /** Whether an annotated film has no namesake here: it may be any of the images, under another name. */
  readonly anyMayBeMeant: boolean;
}

function doubtsOf({ faults, images }: Input): Doubts {
  const named = faults.flatMap(({ image }) => image ?? []);
  const leftOut = new Set(named.map((image) => images?.find(image)?.name ?? image));
  const meant = new Set(
    named
      .flatMap((image) => (images?.find(image) === undefined ? (images?.namesakes(image) ?? []) : []))
      .map((each) => each.name),
  );
  return {
    isLeftOut: (image) => leftOut.has(image),
    isMeant: (image) => meant.has(image),
    anyMayBeMeant: faults.some(
      ({ code, image }) => code === 'missing-image' && image !== undefined && images?.namesakes(image).length === 0,
    ),
  };
}

/** Says on stderr how many films were left out for that. */
export function sayDoubtful(films: number): void {
  if (films === 0) return;
  process.stderr.write(
    `${count(films, 'film')} ${films === 1 ? 'is' : 'are'} left out, since a fault (above) may be about ` +
      `${films === 1 ? 'it' : 'them'}\n`,
  );
}
