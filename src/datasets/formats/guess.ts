import { FormatError } from '../text/fault.js';
import { isClassList } from './classList.js';
import type { FormatName, TextFile } from './format.js';

export interface Guess {
  readonly format: FormatName;
  /** What it is taken for and why, for a person: "COCO JSON (it has images, annotations and categories)". */
  readonly because: string;
}

/** What a file looks like; undefined where it looks like none of the formats. Class lists look like none. */
export function guessFormat({ name, text }: TextFile): Guess | undefined {
  if (isClassList(name) || /\.ya?ml$/i.test(name)) return undefined;
  const start = text.slice(0, 4096).trimStart();
  if (start.startsWith('{')) return guessJson(text);
  if (start.startsWith('<'))
    return /<annotation[\s>]/.test(start)
      ? { format: 'voc', because: 'Pascal VOC XML (its root is annotation)' }
      : undefined;
  const [first = ''] = start.split(/\r|\n/, 1);
  const columns = first
    .toLowerCase()
    .split(/[,;\t]/)
    .map((cell) => cell.trim().replaceAll('"', ''));
  if (['patientid', 'target'].every((column) => columns.includes(column)))
    return { format: 'rsna', because: 'RSNA CSV (it has patientId and Target)' };
  if (['image', 'xmin', 'ymax', 'label'].every((column) => columns.includes(column)))
    return { format: 'vott-csv', because: 'VoTT CSV export (it has image, xmin, ymin, xmax, ymax, label)' };
  if (/^\d+(\s+[-+.\de]+){4,5}$/i.test(first))
    return { format: 'yolo', because: 'YOLO txt (a class and four numbers a line)' };
  // A list of paths alone, as darknet's train.txt, says nothing about boxes: at least one line must have some.
  if (/^.*\.(jpe?g|png|tiff?|webp|bmp)(\s+-?[\d.]+(,-?[\d.]+){4})+\s*$/im.test(start))
    return { format: 'keras-yolo3', because: 'keras-yolo3 lines (a path and words of five numbers)' };
  return undefined;
}

/** By the names of the fields that only one tool writes: no need to parse what may be hundreds of megabytes. */
function guessJson(text: string): Guess | undefined {
  if (
    /"_via_(img_metadata|settings)"\s*:/.test(text) ||
    (/"shape_attributes"\s*:/.test(text) && /"filename"\s*:/.test(text))
  )
    return { format: 'via', because: 'VIA JSON (it has shape_attributes or _via_img_metadata)' };
  if (/"assets"\s*:/.test(text)) return { format: 'vott-json', because: 'VoTT JSON export (it has assets)' };
  if (/"images"\s*:/.test(text) && /"annotations"\s*:/.test(text))
    return { format: 'coco', because: 'COCO JSON (it has images and annotations)' };
  return undefined;
}

/** Formats that can be read as each other: the same columns. */
const alike: Partial<Record<FormatName, FormatName>> = { csv: 'vott-csv' };

/** Throws FormatError where a file plainly is of another format than it was given as. */
export function assertLooksLike(format: FormatName, file: TextFile): void {
  const guess = guessFormat(file);
  if (guess === undefined || guess.format === (alike[format] ?? format)) return;
  throw new FormatError({ file: file.name, line: 1 }, `this looks like ${guess.because}; say --from ${guess.format}`);
}
