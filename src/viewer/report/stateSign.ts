import { svgElement } from '../dom/element.js';
import type { FilmReport } from '../api/index.js';

/** Filled triangle, open ring, stop sign: the states told apart without colour and without words. */
export function stateSign(state: FilmReport['state']): SVGSVGElement {
  const svg = svgElement('svg', {
    class: 'state-sign',
    viewBox: '0 0 24 24',
    width: 24,
    height: 24,
    'aria-hidden': 'true',
  });
  switch (state) {
    case 'findings':
      svg.append(svgElement('path', { d: 'M12 2 23 21H1Z', fill: 'currentColor' }));
      break;
    case 'below-threshold':
      svg.append(
        svgElement('circle', { cx: 12, cy: 12, r: 9, fill: 'none', stroke: 'currentColor', 'stroke-width': 2.5 }),
      );
      break;
    case 'not-analysed':
      svg.append(svgElement('path', { d: 'M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4Z', fill: 'currentColor' }));
      break;
  }
  return svg;
}
