import type { AnnotatedBox, AnnotatedFilm } from '../../annotations.js';
import { type Fault, FormatError } from '../../text/fault.js';
import { isObject, type JsonObject, parseJsonList } from '../../text/json.js';
import type { Place } from '../../text/place.js';
import {
  type AnnotationFormat,
  count,
  notWritten,
  onlyFile,
  type ReadContext,
  type Reading,
  type TextFile,
} from '../format.js';
import { imageOfAddress } from './imageName.js';
import { boxesOfRegion, originalSize, regionsOf } from './region.js';

const title = 'Label Studio JSON';

/**
 * Label Studio's exports JSON and JSON-MIN (https://labelstud.io/guide/export): a list of tasks, each a film with the
 * annotations of one or more people. Regions are rectangles and polygons, in percent of the film. Cancelled
 * annotations, drafts and a model's predictions don't count: a film with nothing else is not a film without boxes. If
 * an annotation is marked as ground truth, only it counts; otherwise everybody's boxes do.
 */
export const labelStudio: AnnotationFormat = {
  name: 'label-studio',
  title,
  layout: 'file',
  endings: ['.json'],
  read: (files, context) => readTasks(onlyFile(files), context),
  write: notWritten(title),
};

function readTasks({ name: file, text }: TextFile, context: ReadContext): Reading {
  const { elements, pathOf } = parseJsonList(text, file);
  if (!elements.every((task) => isObject(task) && ('data' in task || isMin(task))))
    throw new FormatError({ file, line: 1 }, 'not a list of Label Studio tasks, each with data and annotations');
  const films: AnnotatedFilm[] = [];
  const faults: Fault[] = [];
  let shared = 0;
  elements.forEach((task, i) => {
    const place = { file, at: pathOf(i) };
    const found = isObject(task) ? readTask(task, place, context) : { faults: [] };
    faults.push(...found.faults);
    if (found.film !== undefined) films.push(found.film);
    if (found.people !== undefined && found.people > 1) shared += 1;
  });
  const notes = shared === 0 ? [] : [`${count(shared, 'film')} with several annotations: the boxes of all are taken`];
  return { set: { films }, faults, notes };
}

/** JSON-MIN names the annotation and puts its regions next to the image. */
function isMin(task: JsonObject): boolean {
  return 'annotation_id' in task || 'annotator' in task;
}

interface Said {
  readonly results: readonly unknown[];
  readonly truth: boolean;
  /** Path of `results` in the file. */
  readonly at: string;
}

interface TaskRead {
  readonly film?: AnnotatedFilm;
  readonly faults: readonly Fault[];
  readonly people?: number;
}

function readTask(task: JsonObject, place: Place & { readonly at: string }, context: ReadContext): TaskRead {
  const written = addressOf(isObject(task['data']) ? task['data'] : task) ?? task['file_upload'];
  if (typeof written !== 'string' || written === '')
    return { faults: [{ ...place, code: 'bad-row', message: 'the task names no image' }] };
  const image = imageOfAddress(written, context.images);
  const said = saidOf(task, place.at);
  if (said === undefined) {
    const message = `the annotations of ${image} are not in the file: export the project as JSON`;
    return { faults: [{ ...place, image, code: 'bad-row', message }] };
  }
  if (said.length === 0) {
    const message = `nobody has annotated ${image}, so it doesn't count as a film without boxes`;
    return { faults: [{ ...place, image, code: 'not-visited', message }] };
  }
  return readSaid(said, image, place, context);
}

function readSaid(said: readonly Said[], image: string, place: Place, { images }: ReadContext): TaskRead {
  const faults: Fault[] = [];
  const regions = said.map(({ results, at }) =>
    regionsOf(results).map(({ result, i }) => ({ result, at: { file: place.file, at: `${at}[${i}]` } })),
  );
  const all = regions.flat();
  const size = all.flatMap(({ result }) => originalSize(result) ?? []).at(0);
  const known = size ?? images?.find(image)?.size;
  const boxes = new Map<string, AnnotatedBox>();
  for (const { result, at } of all) {
    const own = originalSize(result);
    if (own !== undefined && size !== undefined && (own.width !== size.width || own.height !== size.height)) {
      const message = `drawn on ${own.width} × ${own.height} pixels, another region on ${size.width} × ${size.height}`;
      faults.push({ ...at, image, code: 'other-size', message });
      continue;
    }
    for (const box of boxesOfRegion(result, known)) {
      if ('code' in box) faults.push({ ...at, image, ...box });
      // Two people who accept the same proposal draw one box.
      else boxes.set(JSON.stringify([box.label, box.box]), { ...box, place: at });
    }
  }
  if (all.length > 0 && regions.some((own) => own.length === 0)) {
    const message = `one annotation of ${image} has no box, but another has: mark the right one as ground truth`;
    faults.push({ ...place, image, code: 'contradiction', message });
  }
  const film = { image, ...(size === undefined ? {} : { size }), boxes: [...boxes.values()], place };
  return { film, faults, people: said.length };
}

/** What people said about the film; undefined if the file holds only the number of annotations, not the annotations. */
function saidOf(task: JsonObject, path: string): Said[] | undefined {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  const key = ['annotations', 'completions'].find((name) => name in task);
  if (key === undefined) {
    if (!isMin(task)) return [];
    const lists = Object.entries(task).flatMap(([name, list]) =>
      Array.isArray(list) && list.every(isObject) ? [{ name, list }] : [],
    );
    return [{ results: lists.flatMap(({ list }) => list), truth: false, at: below(lists[0]?.name ?? '') }];
  }
  const annotations: readonly unknown[] = Array.isArray(task[key]) ? task[key] : [task[key]];
  const said: Said[] = [];
  for (const [i, annotation] of annotations.entries()) {
    if (!isObject(annotation) || !Array.isArray(annotation['result'])) return undefined;
    if (annotation['was_cancelled'] === true || annotation['skipped'] === true) continue;
    const truth = annotation['ground_truth'] === true;
    said.push({ results: annotation['result'], truth, at: below(`${key}[${i}].result`) });
  }
  const marked = said.filter(({ truth }) => truth);
  return marked.length > 0 ? marked : said;
}

/** `image`, as templates call it; else what looks like an image's address. */
function addressOf(data: JsonObject): string | undefined {
  const texts = Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : []));
  const named = texts.find(({ key }) => key === 'image');
  const like = texts.find(({ value }) => /\.(jpe?g|jfif|png|tiff?|webp|bmp|dcm)([?#].*)?$/i.test(value));
  return (named ?? like)?.value;
}
