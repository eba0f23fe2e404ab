import { type AnnotatedBox, type AnnotationSet, boxOfEdges, edgesOf } from '../annotations.js';
import type { Fault } from '../text/fault.js';
import { parseNumber } from '../text/json.js';
import { numberedLines } from '../text/text.js';
import { classesFor, classListFile, classOrder, isClassList } from './classList.js';
import {
  type AnnotationFormat,
  count,
  type GrowingFilm,
  lostScores,
  type ReadContext,
  type Reading,
  type TextFile,
  type WriteOptions,
  type Written,
} from './format.js';

/**
 * The training list of keras-yolo3 and TrainYourOwnYOLO (data_train.txt): a line per film with its path, then a word
 * per box, `xmin,ymin,xmax,ymax,class`, in pixel edges. Both programs take whole numbers only, so edges are rounded
 * when written. A line with only the path is a film without boxes. Paths may hold spaces.
 */
export const kerasYolo3: AnnotationFormat = {
  name: 'keras-yolo3',
  title: 'keras-yolo3 lines',
  layout: 'file',
  endings: ['.txt', '.names'],
  read: readLines,
  write: writeLines,
};

function readLines(files: readonly TextFile[], context: ReadContext): Reading {
  const classes = classesFor(files, context);
  const films = new Map<string, GrowingFilm>();
  const faults: Fault[] = [];
  for (const { name: file, text } of files) {
    if (isClassList(file)) continue;
    for (const { text: line, line: number } of numberedLines(text)) {
      const place = { file, line: number };
      const { path, words } = pathAndWords(line);
      if (words === undefined) {
        faults.push({
          ...place,
          ...(path === undefined ? {} : { image: path }),
          code: 'bad-row',
          message: 'neither just a path, nor a path and words of xmin,ymin,xmax,ymax,class',
        });
        continue;
      }
      const film: GrowingFilm = films.get(path) ?? { image: path, boxes: [], place };
      films.set(path, film);
      for (const word of words) {
        const box = boxOfWord(word, classes);
        if ('code' in box) faults.push({ ...place, image: path, ...box });
        else film.boxes.push({ ...box, place });
      }
    }
  }
  return { set: { films: [...films.values()], classes }, faults };
}

type PathAndWords =
  | { readonly path: string; readonly words: readonly string[] }
  | { readonly path: string | undefined; readonly words?: undefined };

const imageEnding = /\.(?:jpe?g|png|tiff?|webp|bmp|gif|dcm)$/i;

/**
 * The path ends with an image's extension after which every word has a comma; without an extension, before the first
 * of the words of numbers. Gives no words if something else follows an image's extension, or if the words are neither a
 * path nor boxes: taken as a path of several words, such a line would be a film without boxes. Goes word by word, since
 * a line may have any length.
 */
function pathAndWords(line: string): PathAndWords {
  const found = [...line.matchAll(/\S+/g)].map(({ 0: text, index }) => ({ text, end: index + text.length }));
  const texts = found.map(({ text }) => text);
  const pathOf = (length: number) => line.slice(0, found[length - 1]?.end).trim();
  const boxesFrom = 1 + texts.findLastIndex((text) => !text.includes(','));
  const ended = 1 + texts.findIndex((text, i) => i + 1 >= boxesFrom && imageEnding.test(text));
  if (ended > 0) return { path: pathOf(ended), words: texts.slice(ended) };
  const length = Math.max(1, 1 + texts.findLastIndex((text) => !/^[-+.\d]+(?:,[-+.\de]*)+$/.test(text)));
  const image = 1 + texts.slice(0, length).findIndex((text) => imageEnding.test(text));
  if (image > 0) return { path: pathOf(image) };
  return length > 1 && length === texts.length
    ? { path: undefined }
    : { path: pathOf(length), words: texts.slice(length) };
}

function boxOfWord(word: string, classes: readonly string[]): AnnotatedBox | Pick<Fault, 'code' | 'message'> {
  const cells = word.split(',');
  if (cells.length !== 5)
    return {
      code: 'bad-row',
      message: `"${word}" holds ${count(cells.length, 'number')}, not xmin,ymin,xmax,ymax,class`,
    };
  if (cells.some((cell) => parseNumber(cell) === undefined))
    return { code: 'not-a-number', message: `"${word}" is not five numbers` };
  const [xmin = 0, ymin = 0, xmax = 0, ymax = 0, index = -1] = cells.map(Number);
  const label = classes[index];
  if (label === undefined)
    return { code: 'unknown-label', message: `"${word}": there is no class ${index} among ${classes.length}` };
  return { label, ...boxOfEdges(xmin, ymin, xmax, ymax) };
}

function writeLines(set: AnnotationSet, options: WriteOptions): Written {
  const classes = classOrder(set, options);
  let vanished = 0;
  let rounded = 0;
  const lines = set.films.map((film) => {
    const words = film.boxes.flatMap((box) => {
      const edges = edgesOf(box);
      const [xmin, ymin, xmax, ymax] = edges.map(Math.round);
      if (xmin === undefined || ymin === undefined || xmax === undefined || ymax === undefined) return [];
      if (!edges.every(Number.isInteger)) rounded += 1;
      if (xmax > xmin && ymax > ymin) return [` ${[xmin, ymin, xmax, ymax, classes.indexOf(box.label)].join(',')}`];
      vanished += 1;
      return [];
    });
    return `${pathOf(film.image, options)}${words.join('')}\n`;
  });
  const thin =
    vanished === 0
      ? []
      : [`${count(vanished, 'box')} thinner than half a pixel: nothing is left after rounding to whole pixels`];
  const parts = rounded === 0 ? [] : [`parts of pixels of ${count(rounded, 'box')}: edges are whole pixels there`];
  return {
    files: [{ name: 'data_train.txt', text: lines.join('') }, classListFile('data_classes.txt', classes)],
    losses: [...thin, ...parts, ...lostScores(set)],
  };
}

function pathOf(image: string, { imagesFolder }: WriteOptions): string {
  return imagesFolder === undefined ? image : `${imagesFolder.replace(/\/+$/, '')}/${image}`;
}
