import { firstColumns } from '../text/csvTable.js';
import { FormatError } from '../text/fault.js';
import { isClassList } from './classList.js';
import type { FormatName, TextFile } from './format.js';
import { unreadFormat } from './unread.js';

export interface Guess {
  readonly format: FormatName;
  /** What it is taken for and why, for a person: "COCO JSON (it has images, annotations and categories)". */
  readonly because: string;
}

/** The format that a file looks like; undefined if none, as for class lists. */
export function guessFormat({ name, text }: TextFile): Guess | undefined {
  if (isClassList(name) || /\.ya?ml$/i.test(name)) return undefined;
  const start = text.slice(0, 4096).trimStart();
  if (/^[[{]/.test(start)) return guessJson(text);
  if (start.startsWith('<')) return guessXml(start);
  const [first = ''] = start.split(/\r|\n/, 1);
  const columns = firstColumns(start);
  const table = tables.find(({ has }) => has.every((column) => columns.includes(column)));
  if (table !== undefined) return table.guess;
  if (/^[^,]+\.[a-z]{3,4}(,-?\d+(\.\d+)?){4},[^,]+$|^[^,]+\.[a-z]{3,4},,,,,$/i.test(first))
    return { format: 'retinanet', because: 'RetinaNet CSV (no header; a path, four edges and a class a line)' };
  if (/^\d+(\s+[-+.\de]+){4,5}$/i.test(first))
    return { format: 'yolo', because: 'YOLO txt (a class and four numbers a line)' };
  // A list of bare paths, such as darknet's train.txt, says nothing about boxes: at least one line must have some.
  if (/^.*\.(jpe?g|png|tiff?|webp|bmp)(\s+-?[\d.]+(,-?[\d.]+){4})+\s*$/im.test(start))
    return { format: 'keras-yolo3', because: 'keras-yolo3 lines (a path and words of five numbers)' };
  return undefined;
}

/** Tables by their columns, the most distinctive first. */
const tables: readonly { readonly has: readonly string[]; readonly guess: Guess }[] = [
  {
    has: ['image_id', 'class_name', 'x_min', 'y_max'],
    guess: { format: 'vindr', because: 'VinDr-CXR CSV (it has image_id, class_name, x_min, y_min, x_max, y_max)' },
  },
  {
    has: ['image index', 'finding label', 'bbox [x'],
    guess: { format: 'nih', because: 'NIH BBox_List CSV (it has Image Index, Finding Label, Bbox [x,y,w,h])' },
  },
  {
    has: ['filename', 'class', 'xmin', 'ymax'],
    guess: { format: 'tf-csv', because: 'TensorFlow CSV (it has filename, class, xmin, ymin, xmax, ymax)' },
  },
  { has: ['patientid', 'target'], guess: { format: 'rsna', because: 'RSNA CSV (it has patientId and Target)' } },
  {
    has: ['id', 'boxes', 'label'],
    guess: { format: 'siim', because: 'SIIM-FISABIO-RSNA image-level CSV (it has id, boxes and label)' },
  },
  {
    has: ['image', 'xmin', 'ymax', 'label'],
    guess: { format: 'vott-csv', because: 'VoTT CSV export (it has image, xmin, ymin, xmax, ymax, label)' },
  },
];

function guessXml(start: string): Guess | undefined {
  if (/<annotation[\s>]/.test(start)) return { format: 'voc', because: 'Pascal VOC XML (its root is annotation)' };
  return /<annotations[\s>]/.test(start)
    ? { format: 'cvat', because: 'CVAT for images 1.1 XML (its root is annotations)' }
    : undefined;
}

/** By field names that only one tool writes, without parsing what may be hundreds of megabytes. */
function guessJson(text: string): Guess | undefined {
  const has = (...keys: readonly string[]) => keys.every((key) => new RegExp(`"${key}"\\s*:`).test(text));
  if (has('_via_(img_metadata|settings)') || has('shape_attributes', 'filename'))
    return { format: 'via', because: 'VIA JSON (it has shape_attributes or _via_img_metadata)' };
  if (has('assets')) return { format: 'vott-json', because: 'VoTT JSON export (it has assets)' };
  const isList = text.trimStart().startsWith('[');
  if (!isList && has('images', 'annotations'))
    return { format: 'coco', because: 'COCO JSON (it has images and annotations)' };
  if (has('(rectanglelabels|original_width|was_cancelled|annotation_id|completions)'))
    return { format: 'label-studio', because: 'Label Studio JSON (it has what only its tasks have)' };
  if (has('shapes', '(imagePath|imageData|shape_type)'))
    return { format: 'labelme', because: 'labelme JSON (it has shapes and imagePath)' };
  return isList && has('(image|imagefilename)', 'annotations?') && (has('coordinates') || !has('(data|result|bbox)'))
    ? { format: 'createml', because: 'Create ML JSON (a list of images with their annotations)' }
    : undefined;
}

/** Formats with the same columns: each can be read as the other. */
const alike: Partial<Record<FormatName, FormatName>> = { csv: 'vott-csv' };

/** @throws FormatError if a file is clearly in another format than stated */
export function assertLooksLike(format: FormatName, file: TextFile): void {
  const guess = guessFormat(file);
  const known = guess === undefined && !isClassList(file.name) ? unreadFormat(file) : undefined;
  if (known !== undefined) throw new FormatError({ file: file.name, line: 1 }, `this looks like ${known}`);
  if (guess === undefined || guess.format === (alike[format] ?? format)) return;
  throw new FormatError({ file: file.name, line: 1 }, `this looks like ${guess.because}; say --from ${guess.format}`);
}
