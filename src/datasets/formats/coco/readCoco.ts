import { type Fault, FormatError } from '../../text/fault.js';
import { isFiniteNumber, isObject, type JsonObject, parseJsonObject, without } from '../../text/json.js';
import type { Place } from '../../text/place.js';
import type { GrowingFilm, ReadContext, Reading, TextFile } from '../format.js';
import { boxOfAnnotation, isCrowd } from './annotation.js';
import { byId, type ById, type Id, isId } from './ids.js';

/** @throws FormatError if images or annotations are missing, or a category id has two names */
export function readCoco({ name: file, text }: TextFile, context: ReadContext): Reading {
  const whole = parseJsonObject(text, file);
  const { images, annotations, categories } = whole;
  if (!Array.isArray(images) || !Array.isArray(annotations))
    throw new FormatError({ file, line: 1 }, 'not a COCO data set: it lacks images or annotations');
  const faults: Fault[] = [];
  const categoryList = Array.isArray(categories) ? categories.filter(isObject) : [];
  const named = categoryList.flatMap(({ id, name }) =>
    isId(id) && typeof name === 'string' ? [[id, name] as const] : [],
  );
  refuseTwoNames(named, file);
  const films = readImages(images, file, faults);
  const filmOf = byId(films);
  const labelOf = byId([...new Map(named)]);
  annotations.forEach((annotation: unknown, i) => {
    const place = { file, at: `annotations[${i}]` };
    const film = filmOfAnnotation(annotation, filmOf);
    if (!isObject(annotation) || 'code' in film) {
      faults.push({ ...place, ...(film as Lost) });
      return;
    }
    const box = boxOfAnnotation(annotation, labelOf, context);
    if ('code' in box) faults.push({ ...place, image: film.image, ...box });
    else film.boxes.push({ ...box, place });
  });
  // If two images have the same id, nobody knows whose boxes it means.
  const sound = films.filter(([id]) => filmOf(id) !== 'ambiguous').map(([, film]) => film);
  const extras = { coco: { rest: without(whole, 'images', 'annotations', 'categories'), categories: categoryList } };
  const classes = [...new Set(named.map(([, name]) => name))];
  return { set: { films: sound, classes, extras }, faults, notes: crowdNote(annotations, context) };
}

type Lost = Pick<Fault, 'code' | 'message'>;

function filmOfAnnotation(annotation: unknown, filmOf: ById<GrowingFilm>): GrowingFilm | Lost {
  if (!isObject(annotation)) return { code: 'bad-row', message: 'the annotation is not an object' };
  const id = 'image_id' in annotation ? JSON.stringify(annotation['image_id']) : 'missing';
  const film = filmOf(annotation['image_id']);
  if (film === 'ambiguous')
    return { code: 'missing-image', message: `its image_id ${id} is the id of more than one image` };
  return film ?? { code: 'missing-image', message: `its image_id is ${id}, and no image has this id` };
}

/**
 * With their ids. An image that is listed twice is read once. Different images with the same id are all faults, since
 * nobody knows which of them an annotation means.
 */
function readImages(images: readonly unknown[], file: string, faults: Fault[]): (readonly [Id, GrowingFilm])[] {
  const byOwnId = new Map<Id, GrowingFilm[]>();
  images.forEach((image, i) => {
    const place = { file, at: `images[${i}]` };
    const read = isObject(image) ? filmOfImage(image, place) : undefined;
    if (read === undefined) {
      faults.push({ ...place, code: 'bad-row', message: 'the image needs an id and a file_name' });
      return;
    }
    const { id, film } = read;
    const before = byOwnId.get(id) ?? [];
    if (before.length > 0) {
      const message = `the image id ${JSON.stringify(id)} is given twice`;
      faults.push({ ...place, image: film.image, code: 'duplicate', message });
    }
    if (!before.some((each) => each.image === film.image)) byOwnId.set(id, [...before, film]);
  });
  return [...byOwnId].flatMap(([id, films]) => films.map((film) => [id, film] as const));
}

function filmOfImage(image: JsonObject, place: Place): { id: Id; film: GrowingFilm } | undefined {
  const { id, file_name: name, width, height } = image;
  if (!isId(id) || typeof name !== 'string' || name === '') return undefined;
  const size =
    isFiniteNumber(width) && isFiniteNumber(height) && width > 0 && height > 0 ? { size: { width, height } } : {};
  const rest = 'size' in size ? without(image, 'file_name', 'width', 'height') : without(image, 'file_name');
  return { id, film: { image: name, ...size, boxes: [], place, extras: { coco: { image: rest } } } };
}

function refuseTwoNames(named: readonly (readonly [Id, string])[], file: string): void {
  const names = new Map<Id, string>();
  for (const [id, name] of named) {
    const before = names.get(id);
    if (before !== undefined && before !== name)
      throw new FormatError({ file, line: 1 }, `the category ${JSON.stringify(id)} is both "${before}" and "${name}"`);
    names.set(id, name);
  }
}

/** Some tools write all masks as crowds: the message says what to do then. */
function crowdNote(annotations: readonly unknown[], { crowdsAsBoxes = false }: ReadContext): string[] {
  const crowds = annotations.filter((each) => isObject(each) && isCrowd(each)).length;
  if (crowdsAsBoxes || crowds === 0 || crowds < annotations.length) return [];
  return [
    'every annotation is a crowd (iscrowd 1), as CVAT and Label Studio write masks even of single things: ' +
      'if these are single things, --crowds-as-boxes takes their boxes',
  ];
}
