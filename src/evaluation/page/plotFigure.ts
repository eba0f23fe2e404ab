import { type Area, type Axis, escapeXml, path, type Point, scale, tag, xAxis, yAxis } from '../../svg/index.js';

/** A curve or a row of points in data units. */
export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** `steps`: a value holds until the next point; `dots`: no line. */
  readonly style?: 'line' | 'steps' | 'dots' | 'dashed';
}

export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Okabe and Ito's colours, which colour-blind people can tell apart. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'];

const size = { width: 360, height: 300 };
const area: Area = { left: 46, right: 342, top: 10, bottom: 260 };
const look = { grid: '#dde3e8' };

/** A plot as inline SVG, with its title above and a legend below it. */
export function plotFigure({ title, x, y, series }: Plot): string {
  const at = { x: scale(x, area.left, area.right), y: scale(y, area.bottom, area.top) };
  const drawn = series
    .filter(({ points }) => points.length > 0)
    .map((each, i) => ({ ...each, colour: colours[i % colours.length] ?? '#000' }));
  const curves = drawn.map(({ points, style, colour }) =>
    curve(
      points.map(([px, py]) => [at.x(px), at.y(py)]),
      style ?? 'line',
      colour,
    ),
  );
  const svg = tag(
    'svg',
    {
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: 'img',
      'aria-label': title,
      'font-size': 11,
      fill: '#14181d',
    },
    [xAxis(area, x, look), yAxis(area, y, look), ...curves].join(''),
  );
  return `<figure><figcaption>${escapeXml(title)}</figcaption>${svg}${drawn.length < 2 ? '' : legend(drawn)}</figure>`;
}

function curve(points: readonly Point[], style: NonNullable<Series['style']>, colour: string): string {
  if (style === 'dots') return points.map(([cx, cy]) => tag('circle', { cx, cy, r: 3.5, fill: colour })).join('');
  return tag('path', {
    d: path(points, style === 'steps' ? 'steps' : 'line'),
    fill: 'none',
    stroke: colour,
    'stroke-width': 1.8,
    'stroke-dasharray': style === 'dashed' ? '4 3' : undefined,
  });
}

function legend(series: readonly { readonly name: string; readonly colour: string }[]): string {
  const names = series.map(({ name, colour }) => `<span><i style="background:${colour}"></i>${escapeXml(name)}</span>`);
  return `<p class="legend">${names.join(' ')}</p>`;
}
