import { type Point, type Size, toScreen, type View } from './view.js';

/** How far apart the centres of neighbouring pixels are, as the film's DICOM file says, and where that holds. */
export interface PixelSpacing {
  readonly rowMm: number;
  readonly columnMm: number;
  readonly kind: 'calibrated' | 'detector' | 'unspecified';
}

/** The first end of a distance, in film px, with the spacing of its film if it has one. */
export interface FirstEnd extends Point {
  readonly spacing?: PixelSpacing | undefined;
}

/** A distance that the reader marked, in film px. */
export interface Measure {
  readonly id: number;
  readonly from: FirstEnd;
  readonly to: Point;
}

/** Between two marked points, e.g. `123.4 px`. */
export function pixelText({ from, to }: Pick<Measure, 'from' | 'to'>): string {
  return `${Math.hypot(to.x - from.x, to.y - from.y).toFixed(1)} px`;
}

/** In mm where the film has a spacing, and then with its kind: at the detector, anatomy is larger than it is. */
export function lengthText(measure: Pick<Measure, 'from' | 'to'>): string {
  const { from, to } = measure;
  if (from.spacing === undefined) return pixelText(measure);
  const { rowMm, columnMm, kind } = from.spacing;
  return `${Math.hypot((to.x - from.x) * columnMm, (to.y - from.y) * rowMm).toFixed(1)} mm${kinds[kind]}`;
}

const kinds: Readonly<Record<PixelSpacing['kind'], string>> = {
  calibrated: '',
  detector: ' at detector',
  unspecified: ', uncalibrated',
};

/** Room for a length beside its line, in px. */
function roomFor(text: string): number {
  return 8 + 10 * text.length;
}

/** Where its two ends are on the screen, and its text: right of the right end, left of it where the pane ends. */
export function measureOnScreen(
  measure: Pick<Measure, 'from' | 'to'>,
  view: View,
  pane: Size,
): { readonly from: Point; readonly to: Point; readonly text: Point & { readonly anchor: 'start' | 'end' } } {
  const from = toScreen(view, measure.from);
  const to = toScreen(view, measure.to);
  const right = from.x > to.x ? from : to;
  const fits = right.x + roomFor(lengthText(measure)) <= pane.width;
  return { from, to, text: { x: right.x + (fits ? 8 : -8), y: right.y - 8, anchor: fits ? 'start' : 'end' } };
}
