import { element } from '../../dom/element.js';
import type { ShownFilm } from '../state/shownFilm.js';
import type { Point, View } from '../pane/view.js';
import { type GreyWindow, widthAndLevel } from '../pixels/windowLevel.js';

export interface Readout {
  readonly node: HTMLElement;
  /** @param beside the film it is compared with */
  update(film: ShownFilm, view: View | undefined, pointed: Point | undefined, beside: ShownFilm | undefined): void;
}

/** Window and level as editable numbers (the alternative to dragging), zoom, and the value under the pointer. */
export function createReadout(film: ShownFilm): Readout {
  const width = element('input', { type: 'number', id: 'window-width', min: 1, step: 1, on: { change: typed } });
  const level = element('input', { type: 'number', id: 'window-level', min: 0, step: 1, on: { change: typed } });
  const zoom = element('span', { class: 'zoom' });
  const value = element('span', { class: 'value' });
  const besides = element('span', { class: 'beside' });
  const node = element(
    'div',
    { class: 'film-foot', role: 'group', 'aria-label': 'Window, zoom and value' },
    element('label', { for: 'window-width', title: 'Window width' }, 'W'),
    width,
    element('label', { for: 'window-level', title: 'Window level' }, 'L'),
    level,
    zoom,
    value,
    besides,
  );

  function typed(): void {
    const w = Number(width.value);
    const l = Number(level.value);
    if (!Number.isFinite(w) || !Number.isFinite(l) || width.value === '' || level.value === '') return;
    film.setWindow({ low: l - Math.max(w, 1) / 2, high: l + Math.max(w, 1) / 2 });
  }

  return {
    node,
    update({ window, shown, pixels }, view, pointed, beside) {
      const { width: w, level: l } = widthAndLevel(window);
      for (const [input, number] of [
        [width, w],
        [level, l],
      ] as const) {
        input.disabled = shown === undefined;
        if (document.activeElement !== input) input.value = shown === undefined ? '' : String(Math.round(number));
      }
      besides.textContent = beside?.shown === undefined ? '' : `other film: ${windowText(beside.window)}`;
      zoom.textContent = view === undefined ? '' : `zoom ${zoomText(view.scale * devicePixelRatio)}`;
      // A preview's values differ from the film's.
      const whole = pixels.kind === 'shown' && pixels.quality === 'full' ? pixels.pixels.sizes[0] : undefined;
      value.textContent = pointed === undefined ? '' : valueText(whole, pointed);
    },
  };
}

function windowText(window: GreyWindow): string {
  const { width, level } = widthAndLevel(window);
  return `W ${Math.round(width)} L ${Math.round(level)}`;
}

/** 1 is one film pixel on one screen pixel. */
function zoomText(zoom: number): string {
  return zoom >= 10 ? zoom.toFixed(0) : zoom >= 1 ? zoom.toFixed(1) : zoom.toFixed(2);
}

function valueText(
  full: { readonly width: number; readonly height: number; readonly planes: readonly ArrayLike<number>[] } | undefined,
  at: Point,
): string {
  const x = Math.floor(at.x);
  const y = Math.floor(at.y);
  if (full === undefined || x < 0 || y < 0 || x >= full.width || y >= full.height) return '';
  return `${x}, ${y} = ${full.planes.map((plane) => plane[y * full.width + x] ?? 0).join(' ')}`;
}
