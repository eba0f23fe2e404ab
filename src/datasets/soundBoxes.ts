import { type AnnotatedBox, type AnnotatedFilm, edgesOf, type FilmSize } from './annotations.js';
import { clipBox } from './clipBox.js';
import type { Fault } from './text/fault.js';
import { type AnnotationFormat, count, type ReadContext, type Reading } from './formats/format.js';
import type { Place } from './text/place.js';

/** Labels hold sizes with six decimals at worst: rounding may take a box this far over the border. */
export const roundingShare = 1e-5;

/** Faults that lose no box: a repeated statement, or one that there is nothing on the film. */
const losingNothing: ReadonlySet<Fault['code']> = new Set(['duplicate', 'contradiction', 'not-visited']);

/**
 * Keeps only films that exist and sound boxes: known label, positive sides, on the film, no duplicates. Films get the
 * name and size of their image. Everything else becomes a fault.
 *
 * A film that lost a box is left out with its other boxes: training would take the lesion for background, and a film
 * that lost all its boxes would count as a negative. If a box can't be assigned to a film, it may belong to any film
 * without boxes, so all of these are left out.
 */
export function keepSound(
  { set, faults: earlier, notes = [] }: Reading,
  context: ReadContext & Pick<AnnotationFormat, 'layout'>,
): Reading {
  const faults: Fault[] = [...earlier];
  const nameOf = (image: string) => context.images?.find(image)?.name ?? image;
  const lost = new Set(
    earlier.flatMap(({ image, code }) => (image === undefined || losingNothing.has(code) ? [] : [nameOf(image)])),
  );
  const counts = { clipped: 0 };
  const films = new Map<string, AnnotatedFilm>();
  const homeless: AnnotatedFilm[] = [];
  for (const film of set.films) {
    const found = soundFilm(film, context, faults);
    if (found === undefined) {
      if (film.boxes.length > 0 || lost.has(nameOf(film.image))) homeless.push(film);
      continue;
    }
    const before = films.get(found.image);
    if (before !== undefined) {
      const message = `the film ${found.image} has been described before`;
      faults.push({ ...placeOf(film), image: film.image, code: 'duplicate', message });
      if (film.boxes.some((box) => !before.boxes.some((each) => keyOf(each) === keyOf(box)))) lost.add(found.image);
      continue;
    }
    const { boxes, lostOne } = soundBoxes(found, context, faults, counts);
    if (lostOne) lost.add(found.image);
    films.set(found.image, { ...found, boxes });
  }
  const doubtful = doubtOf(earlier, homeless, context);
  const kept = [...films.values()].filter((film) => !lost.has(film.image) && !doubtful(film));
  const incomplete = [...films.values()].filter(({ image, boxes }) => lost.has(image) && boxes.length > 0);
  const unsure = [...films.values()].filter((film) => !lost.has(film.image) && doubtful(film));
  return {
    set: { ...set, films: kept },
    faults,
    notes: [
      ...notes,
      ...said(counts.clipped, 'box', 'clipped at the border of the film'),
      ...said(
        incomplete.length,
        'film',
        `left out with all boxes, since a box was lost (above): ${named(incomplete)}${clipHint(faults, context)}`,
      ),
      ...said(
        unsure.length,
        'film',
        `left out that would have no boxes, since a fault (above) may be about any such film: ${named(unsure)}`,
      ),
    ],
  };
}

/** "2 films were left out" */
function said(n: number, noun: string, words: string): string[] {
  return n === 0 ? [] : [`${count(n, noun)} ${n === 1 ? 'was' : 'were'} ${words}`];
}

function named(films: readonly AnnotatedFilm[]): string {
  const shown = films.slice(0, 5).map(({ image }) => image);
  return `${shown.join(', ')}${films.length > shown.length ? ` and ${films.length - shown.length} more` : ''}`;
}

function clipHint(faults: readonly Fault[], { clip = false }: ReadContext): string {
  return !clip && faults.some(({ code }) => code === 'outside-film')
    ? '; with --clip, boxes that reach over the border are clipped'
    : '';
}

/** Whether a film without boxes may be the one meant by a fault or by a film that was not found. */
function doubtOf(
  faults: readonly Fault[],
  homeless: readonly AnnotatedFilm[],
  { images, layout }: ReadContext & Pick<AnnotationFormat, 'layout'>,
): (film: AnnotatedFilm) => boolean {
  const nameless = faults.filter(({ image }) => image === undefined);
  const files = new Set(nameless.map(({ file }) => file));
  const namesakes = new Set(homeless.flatMap(({ image }) => images?.namesakes(image) ?? []).map(({ name }) => name));
  return ({ image, boxes, place }) =>
    boxes.length === 0 &&
    (namesakes.has(image) || (layout === 'file' ? nameless.length > 0 : files.has(place?.file ?? '')));
}

function soundFilm(film: AnnotatedFilm, { images }: ReadContext, faults: Fault[]): AnnotatedFilm | undefined {
  if (images === undefined) return film;
  const place = { ...placeOf(film), image: film.image };
  const known = images.find(film.image);
  if (known === undefined) {
    const message = `there is no image ${film.image}, or more than one of that name`;
    faults.push({ ...place, code: 'missing-image', message });
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
  return { ...film, image: known.name, size: known.size };
}

function soundBoxes(
  film: AnnotatedFilm,
  { classes, clip = false }: ReadContext,
  faults: Fault[],
  counts: { clipped: number },
): { boxes: AnnotatedBox[]; lostOne: boolean } {
  const seen = new Set<string>();
  let lostOne = false;
  const boxes = film.boxes.flatMap((written) => {
    const box = clip ? clipBox(written, film.size) : written;
    const problem = problemOf(box, film.size, classes) ?? (seen.has(keyOf(box)) ? duplicate : undefined);
    seen.add(keyOf(box));
    if (problem === undefined) {
      if (box !== written) counts.clipped += 1;
      return [box];
    }
    if (problem !== duplicate) lostOne = true;
    faults.push({ ...(box.place ?? placeOf(film)), image: film.image, ...problem });
    return [];
  });
  return { boxes, lostOne };
}

function keyOf(box: AnnotatedBox): string {
  return JSON.stringify([box.label, ...edgesOf(box)]);
}

const duplicate = { code: 'duplicate', message: 'the same box has been there before' } as const;

function problemOf(
  box: AnnotatedBox,
  size: FilmSize | undefined,
  classes: readonly string[] | undefined,
): Pick<Fault, 'code' | 'message'> | undefined {
  const [xmin, ymin, xmax, ymax] = edgesOf(box);
  if (classes !== undefined && !classes.includes(box.label)) {
    const message = `"${box.label}" is none of ${classes.map((name) => `"${name}"`).join(', ')}`;
    return { code: 'unknown-label', message };
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
