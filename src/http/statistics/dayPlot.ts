import { type Area, axisOver, escapeXml, label, path, rounded, scale, tag, yAxis } from '../../svg/index.js';

/** Colours of the (dark) page and of the three states: the same in every plot. */
export const colours = {
  ground: '#14181D',
  grid: '#2B333C',
  text: '#D5DAE0',
  muted: '#9AA4AF',
  findings: '#F2A93B',
  belowThreshold: '#B8C2CC',
  notAnalysed: '#9B5CFF',
  line: '#5BD1FF',
} as const;

/** A fill that can be told apart without colour. */
export const hatching = 'url(#hatch)';

/** About the size at which two plots fit side by side on a screen, so that text appears at its nominal size. */
const size = { width: 520, height: 260 };
const area: Area = { left: 80, right: 512, top: 44, bottom: 212 };

/** SVG presentation attributes. */
export type Look = Readonly<Record<string, string | number>>;

/** What can be drawn on a plot of days. */
interface DayMarks {
  /** A bar between two values; empty if it has no height. */
  readonly bar: (day: number, from: number, to: number, look: Look) => string;
  /** A level across a day. */
  readonly level: (day: number, value: number, look: Look) => string;
  /** A line through the days, broken at days without a value. A day between two of those is a dot. */
  readonly line: (values: readonly (number | undefined)[], look: Look) => string;
}

export interface DayPlot {
  readonly title: string;
  /** The plot in words, for people who can't see it. */
  readonly description: string;
  readonly days: readonly string[];
  /** The largest value to draw. */
  readonly greatest: number;
  /** Unit of the values, e.g. ` ms`. */
  readonly unit: string;
  /** Whether values are counts, so that the axis has whole numbers only. */
  readonly counts: boolean;
  readonly legend: readonly Key[];
  readonly body: (marks: DayMarks) => string;
}

interface Key {
  readonly label: string;
  readonly shape: 'square' | 'stroke';
  readonly look: Look;
}

/** Values by day as an SVG without styles or scripts, so it looks the same wherever it is embedded. */
export function dayPlot({ title, description, days, greatest, unit, counts, legend, body }: DayPlot): string {
  const axis = axisOver('', [0, greatest], { whole: counts });
  const markup = [
    tag('title', { id: 'title' }, escapeXml(title)),
    tag('desc', { id: 'desc' }, escapeXml(description)),
    hatchPattern(),
    tag('rect', { ...size, fill: colours.ground }),
    label(title, { x: 16, y: 24, fill: colours.text, 'font-size': 16, 'font-weight': 600 }),
    yAxis(area, axis, { grid: colours.grid, text: colours.muted, unit }),
    ...dayLabels(days),
    days.length === 0 || greatest <= 0
      ? label('No films in this period', { x: 296, y: 132, fill: colours.muted, 'text-anchor': 'middle' })
      : body(marksOn(days.length, scale(axis, area.bottom, area.top))),
    ...legend.map(key),
  ];
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${size.width} ${size.height}`,
    role: 'img',
    'aria-labelledby': 'title desc',
    'font-family': 'system-ui, sans-serif',
    'font-size': 15,
  };
  return `${tag('svg', root, `\n${markup.join('\n')}\n`)}\n`;
}

function marksOn(days: number, y: (value: number) => number): DayMarks {
  const step = stepOf(days);
  const strip = (day: number) => ({ x: area.left + (day + 0.1) * step, width: 0.8 * step });
  return {
    bar: (day, from, to, look) =>
      to <= from ? '' : tag('rect', { ...strip(day), y: y(to), height: y(from) - y(to), ...look }),
    level: (day, value, look) => {
      const { x, width } = strip(day);
      return tag('line', { x1: x, x2: x + width, y1: y(value), y2: y(value), ...look });
    },
    line: (values, look) => {
      const points = values.map((value, day) =>
        value === undefined ? undefined : ([centre(day, step), y(value)] as const),
      );
      const dots = points.map((point, i) =>
        point === undefined || points[i - 1] !== undefined || points[i + 1] !== undefined
          ? ''
          : tag('circle', { cx: point[0], cy: point[1], r: 3, ...look, fill: 'none', 'stroke-dasharray': 'none' }),
      );
      return tag('path', { d: path(points), ...look, fill: 'none' }) + dots.join('');
    },
  };
}

function stepOf(days: number): number {
  return (area.right - area.left) / Math.max(1, days);
}

function centre(day: number, step: number): number {
  return area.left + (day + 0.5) * step;
}

/** About seven of them, including the first. */
function dayLabels(days: readonly string[]): string[] {
  const every = Math.max(1, Math.ceil(days.length / 7));
  return days.flatMap((day, i) => {
    const place = { x: centre(i, stepOf(days.length)), y: area.bottom + 18 };
    // For an hour (2026-11-21T09) show the hour; for a day, month and day.
    const text = day.length > 10 ? `${day.slice(11)}:00` : day.slice(5);
    return i % every === 0 ? [label(text, { ...place, fill: colours.muted, 'text-anchor': 'middle' })] : [];
  });
}

function hatchPattern(): string {
  const stripes =
    tag('rect', { width: 6, height: 6, fill: colours.notAnalysed }) +
    tag('rect', { width: 2, height: 6, fill: colours.ground });
  const units = { patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' };
  return tag('defs', {}, tag('pattern', { id: 'hatch', width: 6, height: 6, ...units }, stripes));
}

function key({ label: words, shape, look }: Key, place: number): string {
  const x = 16 + place * 168;
  const mark =
    shape === 'square'
      ? tag('rect', { x, y: 239, width: 12, height: 12, ...look })
      : tag('line', { x1: x - 4, x2: x + 14, y1: 246, y2: 246, ...look });
  return mark + label(words, { x: rounded(x + 20), y: 250, fill: colours.text });
}
