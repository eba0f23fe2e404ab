import type { Quantiles, SetStats } from './stats.js';

/** Three plots side by side, as an SVG that stands alone: sizes of boxes, their areas, boxes per film. */
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
  const drawn = panels.map((panel, i) => `<g transform="translate(${i * panelWidth} 0)">${panel}</g>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${panelWidth * panels.length}" height="${panelHeight}" viewBox="0 0 ${panelWidth * panels.length} ${panelHeight}" font-family="sans-serif" font-size="11" fill="#222"><rect width="100%" height="100%" fill="#fff"/>${drawn}</svg>\n`;
}

/** One page with tables and plots that needs nothing else. */
export function statsPage(stats: SetStats, title: string): string {
  const counts = [stats.total, ...stats.groups].map(({ split, source, films, positive, boxes, patients }) => [
    split,
    source,
    films,
    positive,
    boxes,
    patients ?? '–',
  ]);
  const sides =
    stats.sides === null
      ? []
      : Object.entries(stats.sides).map(([name, values]: [string, Quantiles]) => [
          name,
          ...values.map((value) => value.toFixed(3)),
        ]);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:15px/1.5 sans-serif;margin:2rem;max-width:70rem}table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}</style>
<h1>${escaped(title)}</h1>
${table(['split', 'source', 'films', 'positive', 'boxes', 'patients'], counts)}
${table(
  ['label', 'boxes', 'films'],
  stats.labels.map(({ label, boxes, films }) => [label, boxes, films]),
)}
${table(['boxes', '5 %', '25 %', 'median', '75 %', '95 %'], sides)}
<p>Width, height and area are shares of the film, aspect is width through height.</p>
${statsSvg(stats)}</html>
`;
}

const panelWidth = 340;
const panelHeight = 320;
const plot = { left: 44, top: 16, width: 280, height: 250 };

const areaBins = [0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32].map((low, i, all) => ({
  low,
  high: all[i + 1] ?? Infinity,
  name: low === 0.32 ? '≥ .32' : `< ${String(all[i + 1]).slice(1)}`,
}));

/** More boxes than this share a bar. */
const mostBars = 8;

function boxesPerFilm({ boxesPerFilm: counts }: SetStats): [string, number][] {
  const shown = counts.slice(0, mostBars).map((films, n): [string, number] => [String(n), films]);
  const rest = counts.slice(mostBars).reduce((sum, films) => sum + films, 0);
  return rest === 0 ? shown : [...shown, [`≥ ${mostBars}`, rest]];
}

function scatter(shares: SetStats['shares']): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const x = (share: number) => (plot.left + share * plot.width).toFixed(1);
  const y = (share: number) => (plot.top + (1 - share) * plot.height).toFixed(1);
  const grid = ticks.map(
    (tick) =>
      `<path d="M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}" stroke="#ddd" fill="none"/><text x="${x(tick)}" y="${plot.top + plot.height + 16}" text-anchor="middle">${tick}</text><text x="${plot.left - 6}" y="${Number(y(tick)) + 4}" text-anchor="end">${tick}</text>`,
  );
  const points = shares.map(
    ([width, height]) => `<circle cx="${x(Math.min(1, width))}" cy="${y(Math.min(1, height))}" r="1.6"/>`,
  );
  return `${grid.join('')}<g fill="#0369a1" fill-opacity="0.45">${points.join('')}</g>${caption('width of a box, share of the film')}<text transform="translate(12 ${plot.top + plot.height / 2}) rotate(-90)" text-anchor="middle">height</text>`;
}

function bars(counts: readonly (readonly [string, number])[], title: string): string {
  const most = Math.max(1, ...counts.map(([, n]) => n));
  const step = plot.width / Math.max(1, counts.length);
  const drawn = counts.map(([name, n], i) => {
    const height = (n / most) * (plot.height - 14);
    const [left, top] = [plot.left + i * step, plot.top + plot.height - height];
    const middle = (left + step / 2).toFixed(1);
    return `<rect x="${(left + 2).toFixed(1)}" y="${top.toFixed(1)}" width="${(step - 4).toFixed(1)}" height="${height.toFixed(1)}" fill="#0369a1"/><text x="${middle}" y="${(top - 3).toFixed(1)}" text-anchor="middle">${n}</text><text x="${middle}" y="${plot.top + plot.height + 16}" text-anchor="middle">${escaped(name)}</text>`;
  });
  return `${drawn.join('')}${caption(title)}`;
}

function caption(text: string): string {
  return `<text x="${plot.left + plot.width / 2}" y="${plot.top + plot.height + 38}" text-anchor="middle">${escaped(text)}</text>`;
}

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = (row: readonly (string | number)[], tag: string) =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<table>${cells(header, 'th')}${rows.map((row) => cells(row, 'td')).join('')}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
