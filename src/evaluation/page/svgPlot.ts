import { escapeHtml } from './escapeHtml.js';

/** A curve or a row of points in data units. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** `steps`: the value holds until the next point; `dots`: no line. */
  readonly style?: 'line' | 'steps' | 'dots' | 'dashed';
}

export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Equal distances for equal factors. */
  readonly logarithmic?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Okabe and Ito's colours, which people tell apart whatever they see of red and green. */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'];

const size = { width: 360, height: 300, left: 46, right: 10, top: 10, bottom: 40 };

/** A plot as inline SVG, with its title and a legend below it. */
export function svgPlot({ title, x, y, series }: Plot): string {
  const at = { x: scale(x, size.left, size.width - size.right), y: scale(y, size.height - size.bottom, size.top) };
  const drawn = series.filter(({ points }) => points.length > 0);
  const body = [
    ...x.ticks.map(
      (tick) =>
        `<path class="grid" d="M${px(at.x(tick))} ${size.top}V${size.height - size.bottom}"/><text x="${px(at.x(tick))}" y="${size.height - size.bottom + 14}" text-anchor="middle">${shortest(tick)}</text>`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${size.left} ${px(at.y(tick))}H${size.width - size.right}"/><text x="${size.left - 5}" y="${px(at.y(tick) + 4)}" text-anchor="end">${shortest(tick)}</text>`,
    ),
    `<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 8}" text-anchor="middle">${escapeHtml(x.title)}</text>`,
    `<text transform="translate(12 ${(size.top + size.height - size.bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(y.title)}</text>`,
    ...drawn.map((each, i) => drawnSeries(each, colours[i % colours.length] ?? '#000', at)),
  ];
  const names =
    drawn.length < 2
      ? ''
      : `<p class="legend">${drawn.map(({ name }, i) => `<span><i style="background:${colours[i % colours.length] ?? '#000'}"></i>${escapeHtml(name)}</span>`).join(' ')}</p>`;
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(title)}">${body.join('')}</svg>${names}</figure>`;
}

/** The whole range from 0 to 1. */
export function shareAxis(title: string): Axis {
  return { title, from: 0, to: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] };
}

/** A range around values with about five round ticks. */
export function axisOver(title: string, values: readonly number[]): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high > low ? high - low : Math.abs(high) || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const from = Math.floor(low / step) * step;
  const count = Math.max(1, Math.ceil((high - from) / step));
  return { title, from, to: from + count * step, ticks: Array.from({ length: count + 1 }, (_, i) => from + i * step) };
}

interface Place {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function drawnSeries({ points, style = 'line' }: Series, colour: string, at: Place): string {
  const places = points.map(([x, y]) => [px(at.x(x)), px(at.y(y))] as const);
  if (style === 'dots')
    return places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`).join('');
  const [first, ...others] = places;
  if (first === undefined) return '';
  const path = others.map(([x, y]) => (style === 'steps' ? `H${x}V${y}` : `L${x} ${y}`)).join('');
  return `<path d="M${first[0]} ${first[1]}${path}" fill="none" stroke="${colour}" stroke-width="1.8"${style === 'dashed' ? ' stroke-dasharray="4 3"' : ''}/>`;
}

function scale({ from, to, logarithmic }: Axis, first: number, last: number): (value: number) => number {
  const measure = logarithmic === true ? Math.log : (value: number) => value;
  return (value) => {
    const share = (measure(Math.min(to, Math.max(from, value))) - measure(from)) / (measure(to) - measure(from));
    return first + share * (last - first);
  };
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function shortest(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}
