import { type AnnotatedBox, type AnnotatedFilm, edgesOf, type FilmSize } from './annotations.js';
import type { Fault } from './text/fault.js';
import type { ReadContext, Reading } from './formats/format.js';
import type { KnownImage } from './images.js';
import type { Place } from './text/place.js';

/** Labels hold sizes with six decimals at worst: a box may reach over the border by that rounding. */
export const roundingShare = 1e-5;

/**
 * Leaves only films that are there and boxes that can be: label known, sides positive, on the film, not said twice.
 * Films get the name and size of their image. Everything else becomes a fault. A film whose boxes are all
 * faulty goes, too: as a film without boxes it would say that there is nothing on it.
 */
export function keepSound({ set, faults: earlier }: Reading, context: ReadContext): Reading {
  const faults: Fault[] = [...earlier];
  const faulty = new Set(earlier.flatMap(({ image }) => (image === undefined ? [] : [image])));
  const films = new Map<string, AnnotatedFilm>();
  for (const film of set.films) {
    const found = soundFilm(film, context, faults);
    if (found === undefined) continue;
    if (films.has(found.image)) {
      faults.push({
        ...placeOf(film),
        image: film.image,
        code: 'duplicate',
        message: `the film ${found.image} has been described before`,
      });
      continue;
    }
    const boxes = soundBoxes(found, context, faults);
    const lost = boxes.length < film.boxes.length || faulty.has(film.image);
    if (boxes.length > 0 || !lost) films.set(found.image, { ...found, boxes });
  }
  return { set: { ...set, films: [...films.values()] }, faults };
}

function soundFilm(film: AnnotatedFilm, { images }: ReadContext, faults: Fault[]): AnnotatedFilm | undefined {
  if (images === undefined) return film;
  const place = { ...placeOf(film), image: film.image };
  const known = images.find(film.image);
  if (known === undefined) {
    faults.push({
      ...place,
      code: 'missing-image',
      message: `there is no image ${film.image}, or more than one of that name`,
    });
    return undefined;
  }
  if (known.size === undefined) {
    faults.push({ ...place, code: 'broken-image', message: `${known.name} can't be read as an image` });
    return undefined;
  }
  if (film.size !== undefined && (film.size.width !== known.size.width || film.size.height !== known.size.height)) {
    const message = `the annotations are for ${sizeText(film.size)} pixels, the image has ${sizeText(known.size)}`;
    faults.push({ ...place, code: 'other-size', message });
    return undefined;
  }
  return { ...film, ...named(known), size: known.size };
}

function named({ name }: KnownImage): { image: string } {
  return { image: name };
}

function soundBoxes(film: AnnotatedFilm, { classes }: ReadContext, faults: Fault[]): AnnotatedBox[] {
  const seen = new Set<string>();
  return film.boxes.filter((box) => {
    const edges = edgesOf(box);
    const key = JSON.stringify([box.label, ...edges]);
    const problem = problemOf(box, film.size, classes) ?? (seen.has(key) ? duplicate : undefined);
    seen.add(key);
    if (problem === undefined) return true;
    faults.push({ ...(box.place ?? placeOf(film)), image: film.image, ...problem });
    return false;
  });
}

const duplicate = { code: 'duplicate', message: 'the same box has been there before' } as const;

function problemOf(
  box: AnnotatedBox,
  size: FilmSize | undefined,
  classes: readonly string[] | undefined,
): Pick<Fault, 'code' | 'message'> | undefined {
  const [xmin, ymin, xmax, ymax] = edgesOf(box);
  if (classes !== undefined && !classes.includes(box.label)) {
    return {
      code: 'unknown-label',
      message: `"${box.label}" is none of ${classes.map((name) => `"${name}"`).join(', ')}`,
    };
  }
  if (!(xmax > xmin)) return { code: 'inverted-box', message: `xmax ${xmax} is not greater than xmin ${xmin}` };
  if (!(ymax > ymin)) return { code: 'inverted-box', message: `ymax ${ymax} is not greater than ymin ${ymin}` };
  if (size === undefined)
    return xmin < 0 || ymin < 0 ? { code: 'outside-film', message: `it begins at ${xmin}, ${ymin}` } : undefined;
  const [slackX, slackY] = [size.width * roundingShare, size.height * roundingShare];
  const inside = xmin >= -slackX && ymin >= -slackY && xmax <= size.width + slackX && ymax <= size.height + slackY;
  return inside
    ? undefined
    : { code: 'outside-film', message: `${xmin}, ${ymin} to ${xmax}, ${ymax} on a film of ${sizeText(size)}` };
}

function placeOf(film: AnnotatedFilm): Place {
  return film.place ?? { file: film.image };
}

function sizeText({ width, height }: FilmSize): string {
  return `${width} × ${height}`;
}
