import { type Area, escapeXml, htmlTable, label, scale, shareAxis, tag, xAxis, yAxis } from '../svg/index.js';
import type { Quantiles, SetStats } from './stats.js';

/** Three plots side by side, as a self-contained SVG: sizes of boxes, their areas, boxes per film. */
export function statsSvg(stats: SetStats): string {
  const areas = stats.shares.map(([width, height]) => width * height);
  const panels = [
    scatter(stats.shares),
    bars(
      areaBins.map(({ name, low, high }) => [name, areas.filter((area) => area >= low && area < high).length]),
      'area, share of the film',
    ),
    bars(boxesPerFilm(stats), 'boxes a film'),
  ];
  const [width, height] = [panel.width * panels.length, panel.height];
  return `${tag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': 'sans-serif',
      'font-size': 11,
      fill: '#222',
    },
    tag('rect', { width: '100%', height: '100%', fill: '#fff' }) +
      panels.map((drawn, i) => tag('g', { transform: `translate(${i * panel.width} 0)` }, drawn)).join(''),
  )}\n`;
}

/** One self-contained page with tables and plots. */
export function statsPage(stats: SetStats, title: string): string {
  const counts = [stats.total, ...stats.groups].map(({ split, source, films, positive, boxes, patients }) => [
    split,
    source,
    films,
    positive,
    boxes,
    patients ?? '–',
  ]);
  const sides = Object.entries(stats.sides ?? {}).map(([name, values]: [string, Quantiles]) => [
    name,
    ...values.map((value) => value.toFixed(3)),
  ]);
  const labels = stats.labels.map(({ label, boxes, films }) => [label, boxes, films]);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeXml(title)}</title>
<style>${style}</style>
<h1>${escapeXml(title)}</h1>
${htmlTable(['split', 'source', 'films', 'positive', 'boxes', 'patients'], counts)}
${htmlTable(['label', 'boxes', 'films'], labels)}
${htmlTable(['boxes', '5 %', '25 %', 'median', '75 %', '95 %'], sides)}
<p>Width, height and area are shares of the film; aspect is width divided by height.</p>
${statsSvg(stats)}</html>
`;
}

const style = [
  'body{font:15px/1.5 sans-serif;margin:2rem;max-width:70rem}',
  'table{border-collapse:collapse;margin:1rem 0}',
  'td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}',
  'td:first-child,th:first-child{text-align:left}',
  'svg{max-width:100%;height:auto}',
].join('');

const panel = { width: 340, height: 320 };
const area: Area = { left: 44, right: 324, top: 16, bottom: 266 };
const colour = '#0369a1';

const areaBins = [0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32].map((low, i, all) => ({
  low,
  high: all[i + 1] ?? Infinity,
  name: low === 0.32 ? '≥ .32' : `< ${String(all[i + 1]).slice(1)}`,
}));

/** Films with more boxes than this share a bar. */
const mostBars = 8;

function boxesPerFilm({ boxesPerFilm: counts }: SetStats): [string, number][] {
  const shown = counts.slice(0, mostBars).map((films, n): [string, number] => [String(n), films]);
  const rest = counts.slice(mostBars).reduce((sum, films) => sum + films, 0);
  return rest === 0 ? shown : [...shown, [`≥ ${mostBars}`, rest]];
}

function scatter(shares: SetStats['shares']): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const [width, height] = [shareAxis('width of a box, share of the film', ticks), shareAxis('height', ticks)];
  const x = scale(width, area.left, area.right);
  const y = scale(height, area.bottom, area.top);
  const look = { grid: '#ddd' };
  const points = shares.map(([w, h]) => tag('circle', { cx: x(w), cy: y(h), r: 1.6 }));
  return (
    xAxis(area, width, look) +
    yAxis(area, height, look) +
    tag('g', { fill: colour, 'fill-opacity': 0.45 }, points.join(''))
  );
}

function bars(counts: readonly (readonly [string, number])[], title: string): string {
  const most = Math.max(1, ...counts.map(([, n]) => n));
  const step = (area.right - area.left) / Math.max(1, counts.length);
  // Room for the count above the highest bar.
  const y = scale({ from: 0, to: most }, area.bottom, area.top + 14);
  const drawn = counts.map(([name, n], i) => {
    const left = area.left + i * step;
    const centred = { x: left + step / 2, 'text-anchor': 'middle' };
    return (
      tag('rect', { x: left + 2, y: y(n), width: step - 4, height: area.bottom - y(n), fill: colour }) +
      label(n, { ...centred, y: y(n) - 3 }) +
      label(name, { ...centred, y: area.bottom + 16 })
    );
  });
  return (
    drawn.join('') + label(title, { x: (area.left + area.right) / 2, y: area.bottom + 33, 'text-anchor': 'middle' })
  );
}
