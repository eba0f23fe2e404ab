import type { AnnotatedBox, AnnotatedFilm } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { isObject, type JsonObject, parseJsonList, toNumber } from '../text/json.js';
import type { Place } from '../text/place.js';
import { type AnnotationFormat, notWritten, onlyFile, type Reading, type TextFile } from './format.js';

const title = 'Create ML JSON';

/**
 * Apple's Create ML (https://developer.apple.com/documentation/createml/mlobjectdetector/datasource): a list of images,
 * each with its boxes by centre and size, in pixels. The keys may also be `imagefilename` and `annotation`, as some
 * tools write.
 */
export const createMl: AnnotationFormat = {
  name: 'createml',
  title,
  layout: 'file',
  endings: ['.json'],
  read: (files) => readImages(onlyFile(files)),
  write: notWritten(title),
};

function readImages({ name: file, text }: TextFile): Reading {
  const { elements, pathOf } = parseJsonList(text, file);
  const films: AnnotatedFilm[] = [];
  const faults: Fault[] = [];
  elements.forEach((entry, i) => {
    const place = { file, at: pathOf(i) };
    const film = isObject(entry) ? readFilm(entry, place, faults) : undefined;
    if (film === undefined) faults.push({ ...place, code: 'bad-row', message: 'not an image with annotations' });
    else films.push(film);
  });
  if (films.length === 0 && elements.length > 0)
    throw new FormatError({ file, line: 1 }, 'not a list of Create ML images, each with image and annotations');
  return { set: { films }, faults };
}

function readFilm(entry: JsonObject, place: Place, faults: Fault[]): AnnotatedFilm | undefined {
  const image = entry['image'] ?? entry['imagefilename'];
  const key = ['annotations', 'annotation'].find((name) => name in entry) ?? '';
  const list = entry[key];
  if (typeof image !== 'string' || image === '' || !Array.isArray(list)) return undefined;
  const boxes = list.flatMap((each: unknown, i) => {
    const at = { file: place.file, at: `${place.at === '' ? '' : `${place.at ?? ''}.`}${key}[${i}]` };
    const box = isObject(each) ? boxOf(each) : ({ code: 'bad-row', message: 'not an object' } as const);
    if (!('code' in box)) return [{ ...box, place: at }];
    faults.push({ ...at, image, ...box });
    return [];
  });
  return { image, boxes, place };
}

function boxOf({ label, coordinates }: JsonObject): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  if (typeof label !== 'string' || label === '') return { code: 'no-label', message: 'the annotation has no label' };
  const sides = isObject(coordinates) ? coordinates : {};
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((side) => toNumber(sides[side]));
  return x === undefined || y === undefined || width === undefined || height === undefined
    ? { code: 'not-a-number', message: `the coordinates are ${JSON.stringify(coordinates ?? null)}` }
    : { label, box: { x: x - width / 2, y: y - height / 2, width, height } };
}
