import { type AnnotatedBox, type AnnotatedFilm, boxAround, stemOf } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { isFiniteNumber, isList, isObject, type JsonObject, parseJsonObject } from '../text/json.js';
import { type AnnotationFormat, notWritten, type ReadContext, type TextFile } from './format.js';
import { readEach } from './readEach.js';

const title = 'labelme JSON';

/**
 * labelme (https://github.com/wkentaro/labelme): one JSON file per film, next to it. Rectangles have two or four
 * corners, circles a centre and a point on them; polygons and masks become their bounding boxes. A file without shapes
 * is a film that was saved with nothing on it.
 */
export const labelme: AnnotationFormat = {
  name: 'labelme',
  title,
  layout: 'folder',
  endings: ['.json'],
  read: (files, context) => readEach(files, context, readFilm),
  write: notWritten(title),
};

function readFilm({ name: file, text }: TextFile, { images }: ReadContext, faults: Fault[]): AnnotatedFilm {
  const { imagePath, imageWidth: width, imageHeight: height, shapes } = parseJsonObject(text, file);
  if (!Array.isArray(shapes)) throw new FormatError({ file, line: 1 }, 'not a labelme file: it has no shapes');
  const written = typeof imagePath === 'string' && imagePath !== '' ? imagePath : stemOf(file);
  const image = (images?.find(written) ?? images?.findOfLabelFile(file))?.name ?? written;
  const boxes = shapes.flatMap((shape: unknown, i) => {
    const place = { file, at: `shapes[${i}]` };
    const box = isObject(shape) ? boxOfShape(shape) : ({ code: 'bad-row', message: 'not an object' } as const);
    if (!('code' in box)) return [{ ...box, place }];
    faults.push({ ...place, image, ...box });
    return [];
  });
  const size = isFiniteNumber(width) && isFiniteNumber(height) && width > 0 && height > 0;
  return { image, boxes, place: { file, line: 1 }, ...(size ? { size: { width, height } } : {}) };
}

function boxOfShape({ label, shape_type, points }: JsonObject): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  // Files from before version 3 have only polygons, and don't name the kind.
  const kind = typeof shape_type === 'string' ? shape_type : 'polygon';
  const fewest = { rectangle: 2, polygon: 3, mask: 2, circle: 2 }[kind];
  if (fewest === undefined) return { code: 'not-a-box', message: `the shape is a ${kind}, which has no box` };
  if (typeof label !== 'string' || label === '') return { code: 'no-label', message: 'the shape has no label' };
  const known = pointsOf(points);
  const bounds = known.length < fewest ? undefined : boxAround(kind === 'circle' ? endsOfCircle(known) : known);
  return bounds === undefined
    ? { code: 'not-a-number', message: `the points of the ${kind} are ${JSON.stringify(points ?? null)}` }
    : { label, ...bounds };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Empty if any of them isn't a pair of numbers. */
function pointsOf(points: unknown): Point[] {
  if (!isList(points)) return [];
  const known = points.flatMap((point) => {
    const [x, y] = isList(point) ? point : [];
    return isFiniteNumber(x) && isFiniteNumber(y) ? [{ x, y }] : [];
  });
  return known.length === points.length ? known : [];
}

function endsOfCircle([centre, on]: readonly Point[]): Point[] {
  if (centre === undefined || on === undefined) return [];
  const radius = Math.hypot(on.x - centre.x, on.y - centre.y);
  return [-radius, radius].map((way) => ({ x: centre.x + way, y: centre.y + way }));
}
