import type { Size } from '../pane/view.js';
import type { Rect } from './look.js';

/** Where a box lies in the picture, for screen readers. Never "the patient's left": a film may be mirrored. */
export function wherePictured(box: Rect, film: Size): string {
  const vertical = third((box.y + box.height / 2) / film.height, 'upper', 'middle', 'lower');
  const horizontal = third((box.x + box.width / 2) / film.width, 'left', 'centre', 'right');
  return vertical === 'middle' && horizontal === 'centre'
    ? 'centre of picture'
    : `${vertical} ${horizontal} of picture`;
}

function third(share: number, first: string, second: string, last: string): string {
  return share < 1 / 3 ? first : share > 2 / 3 ? last : second;
}
