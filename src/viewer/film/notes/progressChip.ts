import { element, setAttributes } from '../../dom/element.js';
import type { ShownFilm } from '../state/shownFilm.js';

/**
 * Over a film that has not fully arrived: how much of it has. Until then the picture is marked as a preview, since it
 * lacks what only all pixels show.
 */
export function createProgressChip(): { readonly node: HTMLElement; update(film: ShownFilm): void } {
  const words = element('span', { 'aria-hidden': 'true' });
  const bar = element('span', { class: 'meter', 'aria-hidden': 'true' });
  const node = element(
    'div',
    { class: 'film-progress', role: 'progressbar', 'aria-label': 'Film', hidden: true },
    words,
    bar,
  );
  return {
    node,
    update(film) {
      const { pixels, progress } = film;
      node.hidden = pixels.kind === 'absent' || (pixels.kind === 'shown' && pixels.quality === 'full');
      if (node.hidden) return;
      const text = progressText(film);
      if (words.textContent !== text) words.textContent = text;
      const moving = !(pixels.kind === 'shown' && pixels.fault !== undefined);
      setAttributes(node, {
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': percentOf(progress),
        'aria-valuetext': text,
      });
      bar.hidden = !moving;
      bar.style.setProperty('--share', String(progress ?? 0));
    },
  };
}

/** E.g. `PREVIEW 38 %`. */
function progressText({ pixels, progress }: Pick<ShownFilm, 'pixels' | 'progress'>): string {
  // Also true while the server is away, when nothing is loading.
  if (pixels.kind !== 'shown') return 'NO PICTURE YET';
  if (pixels.fault !== undefined) return 'PREVIEW only: the rest did not arrive';
  return `PREVIEW ${percentOf(progress)} %`;
}

function percentOf(progress = 0): number {
  return Math.floor(100 * progress);
}
