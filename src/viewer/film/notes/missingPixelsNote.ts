import { element } from '../../dom/element.js';
import type { ShownFilm } from '../state/shownFilm.js';

/** Says why there is no film to look at, and what the boxes are drawn on instead. */
export function createMissingPixelsNote(): { readonly node: HTMLElement; update(film: ShownFilm): void } {
  const title = element('strong', {});
  const detail = element('span', {});
  const node = element('div', { class: 'film-missing', role: 'status' }, title, detail);
  node.hidden = true;
  return {
    node,
    update({ pixels, size, loaded }) {
      node.hidden = pixels.kind !== 'absent' || loaded === undefined;
      if (pixels.kind !== 'absent') return;
      const frame =
        size === undefined || loaded?.verdict.state === 'not-analysed'
          ? ''
          : ` Boxes are drawn on an empty frame of its size, ${size.width} × ${size.height}.`;
      // If the server's sentence already says that there is no film, it is the heading.
      const itself = pixels.code === 'film-not-kept';
      const heading = itself ? pixels.detail : "The film can't be shown.";
      if (title.textContent !== heading) title.textContent = heading;
      const words = `${itself ? '' : ` ${pixels.detail}`}${frame}`;
      if (detail.textContent !== words) detail.textContent = words;
    },
  };
}
