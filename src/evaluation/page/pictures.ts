import type { ImageBox } from '../../detector/index.js';
import { findLimit } from '../froc.js';
import { matchBoxes, meetsTruth } from '../matching.js';
import type { FilmResult } from '../results.js';
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

/** Indices of films, worst first. */
export interface WorstFilms {
  /** A true box was not found at the operating point; the lower the best box that meets it, the worse. */
  readonly misses: readonly number[];
  /** A box at or above the operating point meets no true one; the higher its score, the worse. */
  readonly falsePositives: readonly number[];
}

export function worstFilms(films: readonly FilmResult[], threshold: number, count = 12): WorstFilms {
  const ranked = (badness: (film: FilmResult) => number | undefined): number[] =>
    films
      .flatMap((film, index) => {
        const bad = badness(film);
        return bad === undefined ? [] : [{ index, bad }];
      })
      .sort((a, b) => b.bad - a.bad)
      .slice(0, count)
      .map(({ index }) => index);
  return {
    misses: ranked((film) => {
      const right = matchBoxes(film, { kind: 'coco', limit: findLimit });
      const found = film.boxes.filter(({ score }, i) => score >= threshold && right[i] === 1).length;
      if (found === film.truths.length) return undefined;
      // Of two films with a miss the one that was looked through with less suspicion is worse.
      return 1 - film.filmScore + (film.truths.length - found);
    }),
    falsePositives: ranked(
      (film) => film.boxes.find((box) => box.score >= threshold && !meetsTruth(box, findLimit))?.score,
    ),
  };
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
