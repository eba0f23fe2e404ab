/** Colours of the page (dark), and of the three states: the same in every plot. */
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

/** Drawn at about the size at which two of them lie beside each other on a desk: text is read as large as it is written. */
const size = { width: 520, height: 260 };
const plotArea = { left: 80, right: 512, top: 44, bottom: 212 };
export const plotHeight = plotArea.bottom - plotArea.top;

/** Where days and values lie in the drawing. */
export interface Axes {
  /** Left edge of the strip of a day, and its width. */
  readonly strip: (day: number) => { readonly x: number; readonly width: number };
  readonly centre: (day: number) => number;
  readonly y: (value: number) => number;
}

export interface Drawing {
  readonly title: string;
  /** The same in words, for those who don’t see it. */
  readonly description: string;
  readonly days: readonly string[];
  /** The greatest value to be drawn. */
  readonly greatest: number;
  /** E.g. ` ms` */
  readonly unit: string;
  /** Whether values are whole numbers, and the lines of the axis, too. */
  readonly counts: boolean;
  readonly legend: readonly { readonly label: string; readonly mark: (x: number, y: number) => string }[];
  readonly body: (axes: Axes) => string;
}

/** A drawing with its axes, as SVG without styles and scripts: it looks the same wherever it is put. */
export function frame({ title, description, days, greatest, unit, counts, legend, body }: Drawing): string {
  const top = niceCeiling(greatest);
  const step = (plotArea.right - plotArea.left) / Math.max(1, days.length);
  const axes: Axes = {
    strip: (day) => ({ x: round(plotArea.left + day * step + step * 0.1), width: round(step * 0.8) }),
    centre: (day) => round(plotArea.left + (day + 0.5) * step),
    y: (value) => round(plotArea.bottom - (value / top) * plotHeight),
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="15">`,
    `<title id="title">${escapeXml(title)}</title><desc id="desc">${escapeXml(description)}</desc>`,
    `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="${colours.notAnalysed}"/><rect width="2" height="6" fill="${colours.ground}"/></pattern></defs>`,
    `<rect width="${size.width}" height="${size.height}" fill="${colours.ground}"/>`,
    `<text x="16" y="24" fill="${colours.text}" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
    ...gridOf(top, { unit, counts }, axes),
    ...dayLabels(days, axes),
    days.length === 0 || greatest <= 0
      ? `<text x="${(plotArea.left + plotArea.right) / 2}" y="132" fill="${colours.muted}" text-anchor="middle">No films in this time</text>`
      : body(axes),
    ...legend.map(
      ({ label, mark }, i) =>
        `${mark(legendAt(i), 246)}<text x="${legendAt(i) + 20}" y="250" fill="${colours.text}">${escapeXml(label)}</text>`,
    ),
    '</svg>\n',
  ].join('\n');
}

function legendAt(place: number): number {
  return 16 + place * 168;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** 1, 2 or 5 times a power of ten, not below the value. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value * (1 - 1e-9)) ?? 10 * power;
}

function gridOf(top: number, { unit, counts }: Pick<Drawing, 'unit' | 'counts'>, { y }: Axes): string[] {
  const parts = (counts ? [4, 5, 2].find((divisor) => top % divisor === 0) : 4) ?? 1;
  return Array.from({ length: parts + 1 }, (_, i) => (top * i) / parts).flatMap((value) => [
    `<line x1="${plotArea.left}" x2="${plotArea.right}" y1="${y(value)}" y2="${y(value)}" stroke="${colours.grid}"/>`,
    `<text x="${plotArea.left - 8}" y="${y(value) + 4}" fill="${colours.muted}" text-anchor="end">${round(value)}${escapeXml(unit)}</text>`,
  ]);
}

/** About seven of them, the first included. */
function dayLabels(days: readonly string[], { centre }: Axes): string[] {
  const every = Math.max(1, Math.ceil(days.length / 7));
  return days.flatMap((day, i) =>
    i % every === 0
      ? [
          `<text x="${centre(i)}" y="${plotArea.bottom + 18}" fill="${colours.muted}" text-anchor="middle">${day.slice(5)}</text>`,
        ]
      : [],
  );
}
