import { basename, dirname, resolve } from 'node:path';
import type { AnnotatedBox, AnnotatedFilm, ImageIndex } from '../../datasets/index.js';
import type { Appearance, ClassedBox } from '../../evaluation/index.js';

/** Films with the boxes that readers drew: one folder of images, one file of boxes. */
export interface AnnotatedSet {
  readonly name: string;
  readonly films: readonly EvaluationFilm[];
}

export interface EvaluationFilm {
  /** Path below the folder of images, as the files name it. */
  readonly image: string;
  readonly path: string;
  readonly source: string;
  /** As the source names it. Undefined if unknown: then the film counts as a patient of its own. */
  readonly patient: string | undefined;
  readonly appearance: Appearance | null;
  readonly truths: readonly ClassedBox[];
}

/** The files of one set. */
export interface SetFiles {
  readonly images: string;
  readonly annotations: string;
  /** CSV with a row per film: image and, if known, source, patient, split, finding, width, height, n_boxes. */
  readonly films: string | undefined;
  readonly name: string;
}

/** The set of these files; without a name, it is named after the folder of its annotations. */
export function setFiles(
  images: string,
  annotations: string,
  films: string | undefined,
  name: string | undefined,
): SetFiles {
  return { images, annotations, films, name: name ?? basename(dirname(resolve(annotations))) };
}

/** The boxes of a set by the names of the images in its folder. */
export interface Drawn {
  readonly files: SetFiles;
  readonly images: ImageIndex;
  readonly films: ReadonlyMap<string, AnnotatedFilm>;
}

export function boxesOf(image: string, drawn: Drawn): readonly AnnotatedBox[] {
  return drawn.films.get(imageName(image, drawn))?.boxes ?? [];
}

/** The name of an image in the folder, which may differ from that in the annotations. */
export function imageName(image: string, { images }: Drawn): string {
  return images.find(image)?.name ?? image;
}
