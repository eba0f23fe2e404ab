import { type AnnotatedBox, boxAround, type FilmSize } from '../../annotations.js';
import type { Fault } from '../../text/fault.js';
import { isFiniteNumber, isList, isObject, type JsonObject, toNumber } from '../../text/json.js';
import { boxOfFilmShares } from '../filmShares.js';

type Lost = Pick<Fault, 'code' | 'message'>;

/** What people say about a film or a region, without a position of its own. */
const withoutPlace: ReadonlySet<unknown> = new Set([
  'choices',
  'textarea',
  'rating',
  'number',
  'datetime',
  'taxonomy',
  'pairwise',
  'ranker',
  'relation',
]);

/** The results of an annotation that become boxes, with their index. */
export function regionsOf(results: readonly unknown[]): { readonly result: JsonObject; readonly i: number }[] {
  const regions = results.flatMap((result, i) =>
    isObject(result) && !withoutPlace.has(result['type']) ? [{ result, i }] : [],
  );
  const labelled = new Set(regions.flatMap(({ result }) => (labelsOf(result).length > 0 ? [result['id']] : [])));
  // `<Rectangle>` and `<Labels>` make two results of one region: one with only its position, one with its label as
  // well.
  return regions.filter(
    ({ result }) => result['id'] === undefined || !labelled.has(result['id']) || labelsOf(result).length > 0,
  );
}

/** Size in pixels of the film on which the region was drawn, as a browser shows it: upright. */
export function originalSize({ original_width, original_height }: JsonObject): FilmSize | undefined {
  return isFiniteNumber(original_width) && isFiniteNumber(original_height) && original_width > 0 && original_height > 0
    ? { width: original_width, height: original_height }
    : undefined;
}

/** A box for each label of a region; positions are in percent of the film's size. */
export function boxesOfRegion(result: JsonObject, size: FilmSize | undefined): (AnnotatedBox | Lost)[] {
  const name = typeof result['id'] === 'string' ? `the region ${result['id']}` : 'the region';
  const value = valueOf(result);
  const turned = [value['rotation'], result['image_rotation']].map((angle) => (toNumber(angle) ?? 0) % 360);
  if (turned.some((angle) => angle !== 0)) {
    const message =
      `${name} is rotated by ` + `${turned.find((angle) => angle !== 0) ?? 0}°; a box has no angle: draw it straight`;
    return [{ code: 'not-a-box', message }];
  }
  const shares = sharesOf(value);
  if (shares === undefined) {
    const kind = typeof result['type'] === 'string' ? result['type'] : Object.keys(value).join(', ');
    return [{ code: 'not-a-box', message: `${name} is neither a rectangle nor a polygon (${kind})` }];
  }
  const labels = labelsOf(result);
  if (labels.length === 0) return [{ code: 'no-label', message: `${name} has no label` }];
  if (size === undefined)
    return [{ code: 'no-size', message: `${name} is in percent of an unknown size: give the images folder` }];
  const box = boxOfFilmShares(shares, size);
  return labels.map((label) => ({ label, box }));
}

/** JSON-MIN has no `value` around what describes the region. */
function valueOf(result: JsonObject): JsonObject {
  return isObject(result['value']) ? result['value'] : result;
}

/** `rectanglelabels`, `polygonlabels`, or `labels` if the region was drawn before it was labelled. */
function labelsOf(result: JsonObject): string[] {
  const lists = Object.entries(valueOf(result)).flatMap(([key, list]) =>
    key.endsWith('labels') && isList(list) ? [list] : [],
  );
  return lists.flat().filter((label) => typeof label === 'string');
}

function sharesOf({ x, y, width, height, points }: JsonObject): AnnotatedBox['box'] | undefined {
  if (isFiniteNumber(x) && isFiniteNumber(y) && isFiniteNumber(width) && isFiniteNumber(height))
    return { x: x / 100, y: y / 100, width: width / 100, height: height / 100 };
  if (!isList(points)) return undefined;
  const known = points.flatMap((point) => {
    const [px, py] = isList(point) ? point : [];
    return isFiniteNumber(px) && isFiniteNumber(py) ? [{ x: px / 100, y: py / 100 }] : [];
  });
  return known.length < 3 || known.length !== points.length ? undefined : boxAround(known)?.box;
}
