import type { ImageBox } from '../../detector/index.js';
import { escapeXml, label, tag } from '../../svg/index.js';

/** A film with what readers drew on it and what the network said. */
export interface Picture {
  readonly title: string;
  /** The film, as large as the page needs it: `data:image/jpeg;base64,…`. */
  readonly image: string;
  /** Size of the film itself, in whose pixels the boxes are. */
  readonly width: number;
  readonly height: number;
  readonly truths: readonly ImageBox[];
  readonly detections: readonly { readonly score: number; readonly box: ImageBox }[];
}

const truthColour = '#009e73';
const detectionColour = '#e69f00';

/** The film with true boxes green and dashed on white, detections orange with their score. */
export function pictureFigure({ title, image, width, height, truths, detections }: Picture): string {
  const unit = Math.max(width, height) / 300;
  const svg = tag(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title },
    [
      tag('image', { href: image, width, height, preserveAspectRatio: 'none' }),
      ...truths.map((box) => truth(box, unit)),
      ...detections.map(({ score, box }) => detection(score, box, unit)),
    ].join(''),
  );
  return `<figure>${svg}<figcaption>${escapeXml(title)}</figcaption></figure>`;
}

function truth({ x, y, width, height }: ImageBox, unit: number): string {
  const rect = { x, y, width, height, fill: 'none' };
  return (
    tag('rect', { ...rect, stroke: '#fff', 'stroke-width': 2.4 * unit }) +
    tag('rect', {
      ...rect,
      stroke: truthColour,
      'stroke-width': 1.6 * unit,
      'stroke-dasharray': `${5 * unit} ${3 * unit}`,
    })
  );
}

function detection(score: number, { x, y, width, height }: ImageBox, unit: number): string {
  return (
    tag('rect', { x, y, width, height, fill: 'none', stroke: detectionColour, 'stroke-width': 1.6 * unit }) +
    label(score.toFixed(2), {
      x: x + 2 * unit,
      y: Math.max(12 * unit, y - 3 * unit),
      'font-size': 12 * unit,
      fill: detectionColour,
      stroke: '#000',
      'stroke-width': 2 * unit,
      'paint-order': 'stroke',
    })
  );
}
