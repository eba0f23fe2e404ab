import { type AnnotatedBox, type AnnotatedFilm, type AnnotationSet, labelsOf } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { isFiniteNumber, isObject, type JsonObject, parseJsonObject, toNumber, without } from '../text/json.js';
import type { Place } from '../text/place.js';
import {
  type AnnotationFormat,
  type GrowingFilm,
  onlyFile,
  type Reading,
  type TextFile,
  type Written,
} from './format.js';

type Id = string | number;

/**
 * COCO object detection (https://cocodataset.org/#format-data): images, annotations with `bbox` [x, y, width, height]
 * in pixel edges, categories. Images without annotations are films without boxes. A crowd (`iscrowd` 1, often with a
 * run-length mask) is no box of one thing and is listed as a fault. Ids, areas, outlines and everything else are kept.
 */
export const coco: AnnotationFormat = {
  name: 'coco',
  title: 'COCO JSON',
  layout: 'file',
  endings: ['.json'],
  read: (files) => readDataset(onlyFile(files)),
  write: writeDataset,
};

function readDataset({ name: file, text }: TextFile): Reading {
  const whole = parseJsonObject(text, file);
  const { images, annotations, categories } = whole;
  if (!Array.isArray(images) || !Array.isArray(annotations))
    throw new FormatError({ file, line: 1 }, 'a COCO data set has images and annotations');
  const faults: Fault[] = [];
  const categoryList = Array.isArray(categories) ? categories.filter(isObject) : [];
  const labels = new Map<unknown, string>(
    categoryList.flatMap(({ id, name }) => (typeof name === 'string' ? [[id, name]] : [])),
  );
  const films = new Map<Id, GrowingFilm>();
  images.forEach((image: unknown, i) => {
    const place = { file, at: `images[${i}]` };
    const film = isObject(image) ? filmOfImage(image, place) : undefined;
    if (film === undefined) faults.push({ ...place, code: 'bad-row', message: 'an image has an id and a file_name' });
    else if (films.has(film.id))
      faults.push({
        ...place,
        image: film.image,
        code: 'duplicate',
        message: `the image id ${film.id} is given twice`,
      });
    else films.set(film.id, { ...film.film, boxes: [] });
  });
  annotations.forEach((annotation: unknown, i) => {
    const place = { file, at: `annotations[${i}]` };
    const film = isObject(annotation) && isId(annotation['image_id']) ? films.get(annotation['image_id']) : undefined;
    if (!isObject(annotation) || film === undefined) {
      faults.push({
        ...place,
        code: 'missing-image',
        message: `no image has the id ${isObject(annotation) ? String(annotation['image_id']) : ''}`,
      });
      return;
    }
    const box = boxOfAnnotation(annotation, labels);
    if ('code' in box) faults.push({ ...place, image: film.image, ...box });
    else film.boxes.push({ ...box, place });
  });
  const extras = { coco: { rest: without(whole, 'images', 'annotations', 'categories'), categories: categoryList } };
  return { set: { films: [...films.values()], classes: [...new Set(labels.values())], extras }, faults };
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' || isFiniteNumber(value);
}

function filmOfImage(image: JsonObject, place: Place): { id: Id; image: string; film: AnnotatedFilm } | undefined {
  const { id, file_name: name, width, height } = image;
  if (!isId(id) || typeof name !== 'string' || name === '') return undefined;
  const size =
    isFiniteNumber(width) && isFiniteNumber(height) && width > 0 && height > 0 ? { size: { width, height } } : {};
  const rest = 'size' in size ? without(image, 'file_name', 'width', 'height') : without(image, 'file_name');
  return { id, image: name, film: { image: name, ...size, boxes: [], place, extras: { coco: { image: rest } } } };
}

function boxOfAnnotation(
  annotation: JsonObject,
  labels: ReadonlyMap<unknown, string>,
): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  const { id, bbox, category_id: category, iscrowd, score } = annotation;
  if (iscrowd === 1 || iscrowd === true)
    return { code: 'crowd', message: `the annotation ${String(id)} is a crowd: it bounds many things, not one` };
  const label = labels.get(category);
  if (label === undefined)
    return {
      code: 'unknown-label',
      message: `the annotation ${String(id)} is of category ${String(category)}, which is not listed`,
    };
  if (!Array.isArray(bbox)) return { code: 'not-a-box', message: `the annotation ${String(id)} has no bbox` };
  const [x, y, width, height, ...more] = bbox.map(toNumber);
  if (x === undefined || y === undefined || width === undefined || height === undefined || more.length > 0) {
    return {
      code: 'not-a-number',
      message: `the bbox of annotation ${String(id)} is ${JSON.stringify(bbox)}, not four numbers`,
    };
  }
  const scored = isFiniteNumber(score);
  const rest = scored ? without(annotation, 'bbox', 'image_id', 'score') : without(annotation, 'bbox', 'image_id');
  return { label, box: { x, y, width, height }, ...(scored ? { score } : {}), extras: { coco: { annotation: rest } } };
}

function writeDataset(set: AnnotationSet): Written {
  const categories = categoriesOf(set);
  const categoryIds = new Map(categories.map(({ id, name }) => [name, id]));
  const imageId = freeIds(set.films.map((film) => film.extras?.coco?.image['id']));
  const annotationId = freeIds(
    set.films.flatMap((film) => film.boxes.map((box) => box.extras?.coco?.annotation['id'])),
  );
  const images: JsonObject[] = [];
  const annotations: JsonObject[] = [];
  for (const { image, size, boxes, extras } of set.films) {
    const id = imageId(extras?.coco?.image['id']);
    images.push({ ...extras?.coco?.image, id, file_name: image, ...size });
    for (const box of boxes) {
      const { x, y, width, height } = box.box;
      const kept: JsonObject = box.extras?.coco?.annotation ?? { area: width * height, iscrowd: 0 };
      annotations.push({
        ...kept,
        id: annotationId(kept['id']),
        image_id: id,
        // Two categories may bear one name: Roboflow lists the project's beside the class's.
        category_id: categories.some(({ id: own, name }) => own === kept['category_id'] && name === box.label)
          ? kept['category_id']
          : categoryIds.get(box.label),
        bbox: [x, y, width, height],
        ...(box.score === undefined ? {} : { score: box.score }),
      });
    }
  }
  const whole = { ...set.extras?.coco?.rest, images, annotations, categories };
  return { files: [{ name: 'annotations.json', text: `${JSON.stringify(whole, null, 1)}\n` }], losses: [] };
}

function categoriesOf(set: AnnotationSet): JsonObject[] {
  const known = set.extras?.coco?.categories ?? [];
  const nextId = freeIds(known.map(({ id }) => id));
  const added = labelsOf(set).filter((label) => !known.some(({ name }) => name === label));
  return [...known, ...added.map((name) => ({ id: nextId(undefined), name }))];
}

/** Gives the wanted id the first time that it is asked for, else the next whole number that nobody wants. */
function freeIds(wanted: readonly unknown[]): (id: unknown) => Id {
  const reserved = new Set(wanted.filter(isId));
  const given = new Set<Id>();
  let next = 1;
  return (id) => {
    if (isId(id) && !given.has(id)) {
      given.add(id);
      return id;
    }
    while (reserved.has(next) || given.has(next)) next += 1;
    given.add(next);
    return next;
  };
}
