import { type AnnotationSet, labelsOf } from '../../annotations.js';
import type { JsonObject } from '../../text/json.js';
import type { Written } from '../format.js';
import { type Id, isId } from './ids.js';

/** One file. If the set came from COCO, it keeps the ids and fields that were read. */
export function writeDataset(set: AnnotationSet): Written {
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
        // Two categories may share a name: Roboflow lists the project as well as the class.
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

/** Gives the wanted id the first time it is asked for, else the next whole number that nobody wants. */
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
