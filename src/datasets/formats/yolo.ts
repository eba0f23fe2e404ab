import {
  type AnnotatedBox,
  type AnnotatedFilm,
  type AnnotationSet,
  baseName,
  type FilmSize,
  stemOf,
  withoutEnding,
} from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import { parseNumber } from '../text/json.js';
import { numberedLines } from '../text/text.js';
import { classesFor, classListFile, classOrder, isClassList } from './classList.js';
import { boxOfFilmShares } from './filmShares.js';
import type { AnnotationFormat, ReadContext, Reading, TextFile, WriteOptions, Written } from './format.js';

type Shares = readonly [number, number, number, number];

/**
 * darknet's label files: one per film, named after it, with one line per box: class index, x and y of the centre, width
 * and height, as shares of the film's size; a detector's score may follow. An empty file is a film without boxes, a
 * missing one is a film that nobody looked at. The sizes come from the images.
 */
export const yolo: AnnotationFormat = {
  name: 'yolo',
  title: 'YOLO txt',
  layout: 'folder',
  endings: ['.txt', '.names', '.yaml', '.yml'],
  read: readLabels,
  write: writeLabels,
};

function readLabels(files: readonly TextFile[], context: ReadContext): Reading {
  const classes = classesFor(files, context);
  const films: AnnotatedFilm[] = [];
  const faults: Fault[] = [];
  const notes: string[] = [];
  for (const file of files) {
    if (isClassList(file.name) || /\.ya?ml$/i.test(file.name)) continue;
    if (isAside(file, context)) {
      notes.push(`${file.name}: lists no boxes and is named after no image; ignored`);
      continue;
    }
    const film = readFilm(file, classes, context, faults);
    if (film !== undefined) films.push(film);
  }
  return { set: { films, classes }, faults, notes };
}

/** darknet's train.txt and valid.txt (lists of paths), and the README files that Roboflow puts next to the labels. */
function isAside({ name, text }: TextFile, { images }: ReadContext): boolean {
  if (images?.findOfLabelFile(name) !== undefined) return false;
  const lines = numberedLines(text);
  return lines.length === 0
    ? /(^|[/\\])(train|valid|val|test)\.txt$/i.test(name)
    : lines.every(({ text: line }) => !/^\s*[-+.\d]+(\s+[-+.\de]+)*\s*$/i.test(line));
}

function readFilm(
  { name: file, text }: TextFile,
  classes: readonly string[],
  context: ReadContext,
  faults: Fault[],
): AnnotatedFilm | undefined {
  const known = context.images?.findOfLabelFile(file);
  const lines = numberedLines(text);
  if (known === undefined) {
    const message =
      context.images === undefined
        ? 'shares of an unknown size: give the images folder'
        : `there is no image ${stemOf(file)}.*, or more than one`;
    faults.push({
      file,
      line: 1,
      image: stemOf(file),
      code: context.images === undefined ? 'no-size' : 'missing-image',
      message,
    });
    return undefined;
  }
  const { name: image, size } = known;
  if (size === undefined) {
    faults.push({
      file,
      line: 1,
      image,
      code: 'no-size',
      message: `the size of ${image} can't be read, so the shares mean nothing`,
    });
    return undefined;
  }
  const boxes: AnnotatedBox[] = [];
  for (const { text: line, line: number } of lines) {
    const box = boxOfLine(line, size, classes);
    const place = { file, line: number };
    if ('code' in box) faults.push({ ...place, ...box, image });
    else boxes.push({ ...box, place });
  }
  return { image, size, boxes, place: { file, line: 1 } };
}

function boxOfLine(
  line: string,
  size: FilmSize,
  classes: readonly string[],
): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  const cells = line.trim().split(/\s+/);
  if (cells.length > 6)
    return { code: 'not-a-box', message: `${cells.length - 1} numbers after the class: an outline, not a box` };
  if (cells.length < 5) return { code: 'bad-row', message: `${cells.length} numbers instead of five or six` };
  const bad = cells.find((cell) => parseNumber(cell) === undefined);
  if (bad !== undefined) return { code: 'not-a-number', message: `"${bad}"` };
  const [index = -1, x = 0, y = 0, width = 0, height = 0, score] = cells.map(Number);
  const label = classes[index];
  if (label === undefined)
    return { code: 'unknown-label', message: `there is no class ${cells[0] ?? ''} among ${classes.length}` };
  return {
    label,
    box: boxOfShares([x, y, width, height], size),
    ...(score === undefined ? {} : { score }),
    extras: { yolo: { shares: [x, y, width, height] } },
  };
}

function boxOfShares([x, y, width, height]: Shares, size: FilmSize): AnnotatedBox['box'] {
  return boxOfFilmShares({ x: x - width / 2, y: y - height / 2, width, height }, size);
}

function sharesOf({ box, extras }: AnnotatedBox, size: FilmSize): readonly string[] {
  const { x, y, width, height } = box;
  if (extras?.yolo !== undefined) return extras.yolo.shares.map(String);
  // Eight places: what darknet's float32 can hold.
  return [(x + width / 2) / size.width, (y + height / 2) / size.height, width / size.width, height / size.height].map(
    (share) => share.toFixed(8),
  );
}

function writeLabels(set: AnnotationSet, options: WriteOptions): Written {
  const classes = classOrder(set, options);
  const owners = new Map<string, string>();
  const files = set.films.map((film) => {
    const name = labelFile(film.image);
    const owner = owners.get(name);
    if (owner !== undefined)
      throw new FormatError(
        { file: name },
        `${owner} and ${film.image} would share this label file; rename one of them`,
      );
    owners.set(name, film.image);
    return { name, text: film.boxes.map((box) => lineOf(box, film, classes)).join('') };
  });
  return { files: [...files, classListFile('classes.txt', classes)], losses: [] };
}

function lineOf(box: AnnotatedBox, { image, size }: AnnotatedFilm, classes: readonly string[]): string {
  if (size === undefined)
    throw new FormatError(
      { file: image },
      'YOLO txt holds shares of the size, which is unknown: give the images folder',
    );
  const score = box.score === undefined ? '' : ` ${box.score}`;
  return `${classes.indexOf(box.label)} ${sharesOf(box, size).join(' ')}${score}\n`;
}

/** Named after the image; its folders are kept if they are inside the images folder. */
export function labelFile(image: string, ending = '.txt'): string {
  const inside = !/^([a-z]+:|[/\\])|(^|[/\\])\.\.([/\\]|$)/i.test(image);
  const path = inside ? image.replace(/^\.\//, '') : baseName(image);
  return `${withoutEnding(path)}${ending}`;
}
