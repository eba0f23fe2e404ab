import { type AnnotatedBox, type AnnotatedFilm, boxAround, boxOfEdges } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { parseNumber } from '../text/json.js';
import type { Place } from '../text/place.js';
import { childText, readXml, type XmlElement } from '../text/xml.js';
import { type AnnotationFormat, count, notWritten, type Reading, type TextFile } from './format.js';

const title = 'CVAT for images 1.1 XML';

/**
 * "CVAT for images 1.1" (https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/): every image of a task with
 * its shapes, in pixel edges. Polygons and masks become their bounding boxes. A shape that is `outside` is not on the
 * film; `occluded` ones are boxes. Attributes are ignored, and so are tags, which are about a whole film.
 */
export const cvat: AnnotationFormat = {
  name: 'cvat',
  title,
  layout: 'file',
  endings: ['.xml'],
  read: (files) => {
    const readings = files.map(readTask);
    const classes = [...new Set(readings.flatMap(({ set }) => set.classes ?? []))];
    return {
      set: { films: readings.flatMap(({ set }) => set.films), ...(classes.length === 0 ? {} : { classes }) },
      faults: readings.flatMap(({ faults }) => faults),
      notes: readings.flatMap(({ notes = [] }) => notes),
    };
  },
  write: notWritten(title),
};

function readTask({ name: file, text }: TextFile): Reading {
  const root = readXml(text, file);
  const tracks = root.children.filter(({ name }) => name === 'track');
  if (root.name !== 'annotations' || tracks.length > 0) {
    const place = { file, line: tracks[0]?.line ?? root.line ?? 1 };
    throw new FormatError(
      place,
      tracks.length > 0
        ? 'tracks of a video ("CVAT for video"): export the task as "CVAT for images 1.1"'
        : `the XML is <${root.name}>, not the <annotations> of CVAT`,
    );
  }
  const faults: Fault[] = [];
  const passedOver = { outside: 0, tags: 0 };
  const films = root.children
    .filter(({ name }) => name === 'image')
    .flatMap((image) => readFilm(image, file, faults, passedOver) ?? []);
  const classes = labelsIn(root);
  return {
    set: { films, ...(classes.length === 0 ? {} : { classes }) },
    faults,
    notes: [
      ...(passedOver.outside === 0 ? [] : [`${count(passedOver.outside, 'shape')} outside the film ignored`]),
      ...(passedOver.tags === 0 ? [] : [`${count(passedOver.tags, 'tag')} of whole films ignored`]),
    ],
  };
}

function readFilm(
  element: XmlElement,
  file: string,
  faults: Fault[],
  passedOver: { outside: number; tags: number },
): AnnotatedFilm | undefined {
  const { name: image = '', width: across, height: down } = element.attributes ?? {};
  const place = placeOf(element, file);
  if (image === '') {
    faults.push({ ...place, code: 'bad-row', message: 'the image has no name' });
    return undefined;
  }
  const boxes: AnnotatedBox[] = [];
  for (const shape of element.children) {
    if (shape.name === 'tag') passedOver.tags += 1;
    else if (shape.attributes?.['outside'] === '1') passedOver.outside += 1;
    else {
      const box = boxOfShape(shape);
      if ('code' in box) faults.push({ ...placeOf(shape, file), image, ...box });
      else boxes.push({ ...box, place: placeOf(shape, file) });
    }
  }
  const [width, height] = [parseNumber(across ?? ''), parseNumber(down ?? '')];
  const size = width !== undefined && height !== undefined && width > 0 && height > 0 ? { width, height } : undefined;
  return { image, boxes, place, ...(size === undefined ? {} : { size }) };
}

function boxOfShape({ name, attributes = {} }: XmlElement): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  const { label = '', rotation = '0' } = attributes;
  const angle = (parseNumber(rotation) ?? Number.NaN) % 360;
  if (angle !== 0)
    return {
      code: 'not-a-box',
      message: `the ${name} is rotated by ${rotation}°; a box has no angle: draw it straight`,
    };
  const sides = placesOfShape[name];
  if (sides === undefined)
    return { code: 'not-a-box', message: `a ${name} has no box; boxes, polygons and masks have` };
  if (label === '') return { code: 'no-label', message: `the ${name} has no label` };
  const bounds = sides(attributes);
  return bounds === undefined
    ? { code: 'not-a-number', message: `the position of the ${name} is not in numbers: ${JSON.stringify(attributes)}` }
    : { label, ...bounds };
}

type Attributes = Readonly<Record<string, string>>;
type Bounds = Pick<AnnotatedBox, 'box' | 'far'>;

/** The bounds of each shape that has an extent; undefined if they aren't numbers. */
const placesOfShape: Readonly<Record<string, (attributes: Attributes) => Bounds | undefined>> = {
  box: (attributes) => {
    const [xtl, ytl, xbr, ybr] = numbersOf(attributes, 'xtl', 'ytl', 'xbr', 'ybr') ?? [];
    return xtl === undefined || ytl === undefined || xbr === undefined || ybr === undefined
      ? undefined
      : boxOfEdges(xtl, ytl, xbr, ybr);
  },
  mask: (attributes) => {
    const [x, y, width, height] = numbersOf(attributes, 'left', 'top', 'width', 'height') ?? [];
    return x === undefined || y === undefined || width === undefined || height === undefined
      ? undefined
      : { box: { x, y, width, height } };
  },
  polygon: ({ points = '' }) => {
    const pairs = points.split(';').map((pair) => pair.split(',').map(parseNumber));
    const known = pairs.flatMap(([x, y]) => (x === undefined || y === undefined ? [] : [{ x, y }]));
    return known.length < 3 || known.length !== pairs.length ? undefined : boxAround(known);
  },
};

function numbersOf(attributes: Attributes, ...names: readonly string[]): number[] | undefined {
  const numbers = names.flatMap((name) => parseNumber(attributes[name] ?? '') ?? []);
  return numbers.length === names.length ? numbers : undefined;
}

function placeOf({ line }: XmlElement, file: string): Place {
  return { file, ...(line === undefined ? {} : { line }) };
}

/** Names of the labels of the task (or project, or job) in `meta`, in their order. */
function labelsIn(root: XmlElement): string[] {
  const meta = root.children.find(({ name }) => name === 'meta');
  const lists = (meta?.children ?? []).flatMap(({ children }) => children.filter(({ name }) => name === 'labels'));
  const labels = lists.flatMap(({ children }) => children.flatMap((label) => childText(label, 'name') ?? []));
  return [...new Set(labels)];
}
