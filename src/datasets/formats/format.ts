import type { AnnotatedBox, AnnotatedFilm, AnnotationSet } from '../annotations.js';
import { type Fault, FormatError } from '../text/fault.js';
import type { ImageIndex } from '../images.js';

export const formatNames = [
  'vott-csv',
  'vott-json',
  'yolo',
  'keras-yolo3',
  'voc',
  'coco',
  'via',
  'rsna',
  'csv',
  'vindr',
  'nih',
  'tf-csv',
  'retinanet',
  'siim',
  'label-studio',
  'cvat',
  'labelme',
  'createml',
] as const;
/** Read-only formats: their own tools read other formats. */
const readOnly: ReadonlySet<string> = new Set([
  'vindr',
  'nih',
  'tf-csv',
  'retinanet',
  'siim',
  'label-studio',
  'cvat',
  'labelme',
  'createml',
]);
export type FormatName = (typeof formatNames)[number];
export const writtenFormats: readonly FormatName[] = formatNames.filter((name) => !readOnly.has(name));

/** Text of one file, under the name that faults use. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

export interface ReadContext {
  /** Class names in the order of their index. If given, any other label is a fault. */
  readonly classes?: readonly string[];
  /** The images that exist. If given, any other is a fault, and boxes must lie on them. */
  readonly images?: ImageIndex;
  /** Label of the boxes of a format that has only one class (RSNA). Default: opacity. */
  readonly label?: string;
  /** How Pascal VOC files count pixels. Default: edges. */
  readonly vocPixels?: VocPixels;
  /** The VIA region attribute that holds the label. Default: the only one, or one named label, class, name or type. */
  readonly viaLabel?: string;
  /** Clips boxes that reach over the border of their film. Default: they are faults. */
  readonly clip?: boolean;
  /** Takes COCO's crowds as boxes of one thing, for tools that mark every mask as a crowd. Default: they are faults. */
  readonly crowdsAsBoxes?: boolean;
}

/**
 * `edges`: xmin … ymax are pixel edges from 0, as labelImg, VoTT and CVAT write them. `one-based`: numbers of
 * the first and last pixel, counted from 1, as in the devkit of the VOC challenges.
 */
export type VocPixels = 'edges' | 'one-based';

export interface WriteOptions {
  /** Order of the classes, if the format numbers them. Default: the order of the set. */
  readonly classes?: readonly string[];
  /** Prefix of image paths, if the format holds paths (keras-yolo3). */
  readonly imagesFolder?: string;
  readonly label?: string;
  readonly vocPixels?: VocPixels;
}

/** A film to which rows still add boxes. */
export interface GrowingFilm extends Omit<AnnotatedFilm, 'boxes'> {
  readonly boxes: AnnotatedBox[];
}

export interface Reading {
  readonly set: AnnotationSet;
  /** Everything that was left out of the set, and why. */
  readonly faults: readonly Fault[];
  /** Sentences about choices made while reading. They are not faults. */
  readonly notes?: readonly string[];
}

export interface Written {
  /** Names relative to the output folder. The first is the one that was asked for. */
  readonly files: readonly TextFile[];
  /** Sentences about what the format can't hold, so that the files lack it. */
  readonly losses: readonly string[];
}

export interface AnnotationFormat {
  readonly name: FormatName;
  readonly title: string;
  /** One file for all films, or a folder with one file per film. */
  readonly layout: 'file' | 'folder';
  /** Extensions of its files. */
  readonly endings: readonly string[];
  /** @throws FormatError if the text as a whole is something else */
  read(files: readonly TextFile[], context: ReadContext): Reading;
  /** @throws FormatError if the set can't be written without losing films */
  write(set: AnnotationSet, options: WriteOptions): Written;
}

/** For formats that have one file for all films. */
export function onlyFile(files: readonly TextFile[]): TextFile {
  const [only] = files;
  if (only === undefined || files.length !== 1)
    throw new FormatError(
      { file: only?.name ?? '' },
      `one file holds all films of this format; ${files.length} were given`,
    );
  return only;
}

/** `write` of read-only formats. */
export function notWritten(title: string): AnnotationFormat['write'] {
  return () => {
    throw new FormatError({ file: title }, 'this format is read-only: write csv, coco, yolo or another');
  };
}

/** The loss of a format that has no place for a detector's scores. */
export function lostScores({ films }: AnnotationSet): string[] {
  const scored = films.reduce((sum, { boxes }) => sum + boxes.filter(({ score }) => score !== undefined).length, 0);
  return scored === 0 ? [] : [`the ${scored === 1 ? 'score' : 'scores'} of ${count(scored, 'box')}`];
}

/** "3 films", "1 film" */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : noun.endsWith('x') ? 'es' : 's'}`;
}
