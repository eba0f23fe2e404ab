import type { ImageBox } from '../../detector/index.js';
import { escapeHtml } from './escapeHtml.js';

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

/** The film with true boxes green and dashed on white, detections orange. */
export function pictureFigure({ title, image, width, height, truths, detections }: Picture): string {
  const unit = Math.max(width, height) / 300;
  const rect = ({ x, y, width, height }: ImageBox, style: string): string =>
    `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" fill="none" ${style}/>`;
  const drawn = [
    ...truths.map(
      (box) =>
        rect(box, `stroke="#fff" stroke-width="${fixed(2.4 * unit)}"`) +
        rect(
          box,
          `stroke="#009e73" stroke-width="${fixed(1.6 * unit)}" stroke-dasharray="${fixed(5 * unit)} ${fixed(3 * unit)}"`,
        ),
    ),
    ...detections.map(({ score, box }) => {
      const label = `<text x="${fixed(box.x + 2 * unit)}" y="${fixed(Math.max(12 * unit, box.y - 3 * unit))}" font-size="${fixed(12 * unit)}" fill="#e69f00" stroke="#000" stroke-width="${fixed(2 * unit)}" paint-order="stroke">${score.toFixed(2)}</text>`;
      return rect(box, `stroke="#e69f00" stroke-width="${fixed(1.6 * unit)}"`) + label;
    }),
  ];
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}"><image href="${image}" width="${width}" height="${height}" preserveAspectRatio="none"/>${drawn.join('')}</svg><figcaption>${escapeHtml(title)}</figcaption></figure>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
