import { svgElement } from '../dom/element.js';

/** Lines on a 20 × 20 field. */
const paths = {
  window: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  zoom: 'M8.5 3a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M12.5 12.5 17 17M8.5 6v5M6 8.5h5',
  move: [
    'M10 2v16M2 10h16M10 2 7.5 4.5M10 2l2.5 2.5M10 18l-2.5-2.5M10 18l2.5-2.5',
    'M2 10l2.5-2.5M2 10l2.5 2.5M18 10l-2.5-2.5M18 10l-2.5 2.5',
  ].join(''),
  measure: 'M3 17 17 3M1.5 15.5l3 3M15.5 1.500l3 3M8 9l2 2M11 6l2 2',
  invert: 'M3 3h14v14H3zM3 17 17 3v14z',
  fit: 'M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M6.500 6.500h7v7h-7z',
  actual: 'M4 6l2-1.500V15M16 6v9M14 6l2-1.500V15M10 8v.5M10 12v.5',
  boxes: 'M4 5h12v10H4z',
  compare: 'M3 4h6v12H3zM11 4h6v12h-6z',
  out: 'M10 3v9M6.500 8.500 10 12l3.500-3.500M3 14v3h14v-3',
  films: 'M3 3h5v5H3zM3 12h5v5H3zM11 4h6M11 7h4M11 13h6M11 16h4',
  panel: 'M3 4h14v12H3zM12 4v12',
  calendar: 'M3 5h14v12H3zM3 9h14M7 3v4M13 3v4',
} as const;
export type IconName = keyof typeof paths;

export function icon(name: IconName): SVGSVGElement {
  return svgElement(
    'svg',
    { class: 'icon', viewBox: '0 0 20 20', 'aria-hidden': 'true' },
    svgElement('path', {
      d: paths[name],
      fill: name === 'invert' || name === 'window' ? 'currentColor' : 'none',
      'fill-opacity': 0.35,
      stroke: 'currentColor',
      'stroke-width': 1.6,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
}
