import { element } from '../dom/element.js';
import type { FilmOnShow } from './filmOnShow.js';

/** Says why there is no film to look at, and what the boxes lie on instead. */
export function createAbsence(): { readonly node: HTMLElement; update(film: FilmOnShow): void } {
  const title = element('strong', {});
  const detail = element('span', {});
  const node = element('div', { class: 'film-absence', role: 'status' }, title, detail);
  node.hidden = true;
  return {
    node,
    update({ pixels, size, loaded }) {
      node.hidden = pixels.kind !== 'absent' || loaded === undefined;
      if (pixels.kind !== 'absent') return;
      const frame =
        size === undefined || loaded?.judged.state === 'not-analysed'
          ? ''
          : ` Boxes are drawn on an empty frame of its size, ${size.width} × ${size.height}.`;
      const heading = pixels.code === 'film-not-kept' ? 'The film was not kept.' : 'The film can’t be shown.';
      if (title.textContent !== heading) title.textContent = heading;
      const words = ` ${pixels.detail}${frame}`;
      if (detail.textContent !== words) detail.textContent = words;
    },
  };
}
