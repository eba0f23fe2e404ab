import type { ImageBox } from '../detector/index.js';
import type { BoxExtras, FilmExtras, SetExtras } from './extras.js';
import type { Place } from './text/place.js';

/** Size of an upright film in pixels. */
export interface FilmSize {
  readonly width: number;
  readonly height: number;
}

/** The form that every format is read into and written from. */
export interface AnnotationSet {
  readonly films: readonly AnnotatedFilm[];
  /** Class names in the order of their index, if the format has one. */
  readonly classes?: readonly string[];
  readonly extras?: SetExtras;
}

/** A film that somebody has looked at: without boxes it is a negative. */
export interface AnnotatedFilm {
  /** Name or path of the image: as the file has it, or relative to the images folder if that was given. */
  readonly image: string;
  readonly size?: FilmSize;
  readonly boxes: readonly AnnotatedBox[];
  readonly extras?: FilmExtras;
  readonly place?: Place;
}

/** As read. Code that changes `box` must drop `far` and `extras`, which repeat it in the file's own terms. */
export interface AnnotatedBox {
  readonly label: string;
  /** In continuous pixel edges of the upright film, as in detector/boxes. */
  readonly box: ImageBox;
  /**
   * Right and lower edge as the file has them, if x + width gives another float: so they are written back unchanged.
   */
  readonly far?: { readonly right: number; readonly bottom: number };
  /** A detector's score, 0 to 1. */
  readonly score?: number;
  readonly extras?: BoxExtras;
  readonly place?: Place;
}

/** A box from its edges, with `far` if adding floats would not give them back. */
export function boxOfEdges(xmin: number, ymin: number, xmax: number, ymax: number): Pick<AnnotatedBox, 'box' | 'far'> {
  const box = { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin };
  const exact = box.x + box.width === xmax && box.y + box.height === ymax;
  return exact ? { box } : { box, far: { right: xmax, bottom: ymax } };
}

/** The smallest box that holds all points; undefined without points. */
export function boxAround(points: readonly { readonly x: number; readonly y: number }[]) {
  if (points.length === 0) return undefined;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return boxOfEdges(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
}

/** `[xmin, ymin, xmax, ymax]` */
export function edgesOf({ box, far }: Pick<AnnotatedBox, 'box' | 'far'>): [number, number, number, number] {
  return [box.x, box.y, far?.right ?? box.x + box.width, far?.bottom ?? box.y + box.height];
}

/** The labels of a set: its own classes in their order, then others as they occur. */
export function labelsOf(set: AnnotationSet): string[] {
  const labels = new Set(set.classes);
  for (const film of set.films) for (const { label } of film.boxes) labels.add(label);
  return [...labels];
}

/** File name without folders. */
export function baseName(image: string): string {
  return image.slice(Math.max(image.lastIndexOf('/'), image.lastIndexOf('\\')) + 1);
}

/** File name without folders and extension: what a film's label file is named after. */
export function stemOf(image: string): string {
  return withoutEnding(baseName(image));
}

/** Digits after the last dot are no extension: archives name DICOM files after their UIDs, 1.2.840.1 and 1.2.840.2. */
export function withoutEnding(path: string): string {
  return path.replace(/\.(?=[^./\\]*[^./\\\d])[^./\\]+$/, '');
}
