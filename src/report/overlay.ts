import { escapeXml, label, rounded, tag } from '../svg/index.js';
import type { Report, ReportedBox } from './schema.js';

/**
 * The report as an overlay for its film: an SVG whose viewBox is the film, without the film itself. State and notice
 * are in a strip along the lower edge. Strokes are outside the boxes, on a dark casing: no boxed pixel is covered, and
 * every line shows on any grey.
 */
export function overlaySvg(report: Report): string {
  const width = report.image?.width ?? 1024;
  const height = report.image?.height ?? 1024;
  // Sizes are in film pixels: about 2 px lines and 16 px text on a film shown at 1000 px.
  const unit = Math.max(width, height) / 1000;
  const parts = [
    tag('title', {}, escapeXml(`${stateLine(report)} ${report.notice}`)),
    ...(report.state === 'not-analysed'
      ? [hatchedEdge(width, height, unit)]
      : report.detections.map((d) => drawnBox(d, width, unit))),
    ...stateStrip(report, width, height, unit),
    '',
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    'data-state': report.state,
    'font-family': 'sans-serif',
    role: 'img',
  };
  return `${tag('svg', attributes, `\n${parts.join('\n')}`)}\n`;
}

/** The state in words, as every page and picture says it. */
export function stateLine(report: Report): string {
  switch (report.state) {
    case 'findings': {
      const n = report.detections.length;
      return `FINDINGS: ${n} ${n === 1 ? 'box' : 'boxes'} ${atOrAbove(report)}.`;
    }
    case 'below-threshold':
      return `NO BOX ${atOrAbove(report)}. This does not say the film is normal.`;
    case 'not-analysed':
      return `NOT ANALYSED (${report.reason.code}): ${report.reason.detail}`;
  }
}

function atOrAbove({ threshold, lookedFor }: Exclude<Report, { state: 'not-analysed' }>): string {
  return `at or above ${threshold.toFixed(3)} (looked for: ${lookedFor.join(', ')})`;
}

const casing = '#0A0C0F';
const boxColour = '#5BD1FF';

function drawnBox({ box, class: name, score }: ReportedBox, filmWidth: number, unit: number): string {
  const line = 2 * unit;
  const rim = unit;
  const margin = rim + line / 2;
  const outline = {
    x: box.x - margin,
    y: box.y - margin,
    width: box.width + 2 * margin,
    height: box.height + 2 * margin,
  };
  const text = `${name} ${score.toFixed(3)}`;
  const sign = { width: (text.length * 9.5 + 12) * unit, height: 24 * unit };
  const above = box.y - line - 2 * rim - sign.height;
  const x = Math.max(0, Math.min(box.x - line - rim, filmWidth - sign.width));
  const y = above >= 0 ? above : box.y + box.height + line + 2 * rim;
  return tag(
    'g',
    { fill: 'none' },
    [
      tag('rect', { ...outline, stroke: casing, 'stroke-width': line + 2 * rim }),
      tag('rect', { ...outline, stroke: boxColour, 'stroke-width': line }),
      tag('rect', { x, y, ...sign, rx: 4 * unit, fill: casing, 'fill-opacity': 0.85 }),
      label(text, { x: x + 6 * unit, y: y + 17.5 * unit, 'font-size': 17 * unit, fill: boxColour }),
    ].join(''),
  );
}

const strips = {
  findings: { fill: '#F2A93B', stroke: 'none', text: '#14181D' },
  'below-threshold': { fill: '#14181D', stroke: '#B8C2CC', text: '#D5DAE0' },
  'not-analysed': { fill: '#9B5CFF', stroke: 'none', text: '#0A0C0F' },
} as const;

function stateStrip(report: Report, width: number, height: number, unit: number): string[] {
  const { fill, stroke, text } = strips[report.state];
  const line = stateLine(report);
  // On a narrow film the words shrink rather than run off the edge.
  // A bold letter of a wide sans-serif is about 0.7 of its height, a plain one 0.6.
  const size = Math.min(18 * unit, (width - 56 * unit) / Math.max(line.length * 0.7, report.notice.length * 0.6));
  const strip = 58 * unit;
  const top = height - strip;
  const x = 46 * unit;
  const words =
    tag('tspan', { x, y: top + 24 * unit, 'font-weight': 'bold' }, escapeXml(line)) +
    tag('tspan', { x, y: top + 46 * unit }, escapeXml(report.notice));
  return [
    tag('rect', {
      x: unit,
      y: top,
      width: width - 2 * unit,
      height: strip - unit,
      fill,
      stroke,
      'stroke-width': 2 * unit,
    }),
    sign(report.state, 24 * unit, top + strip / 2, 12 * unit, text),
    tag('text', { fill: text, 'font-size': size }, words),
  ];
}

/** Filled triangle, open ring, stop sign: distinct without colour. */
function sign(state: Report['state'], x: number, y: number, r: number, colour: string): string {
  if (state === 'findings') {
    const low = y + r * 0.8;
    return tag('polygon', { points: points([x, y - r], [x + r, low], [x - r, low]), fill: colour });
  }
  if (state === 'below-threshold')
    return tag('circle', { cx: x, cy: y, r: r * 0.8, fill: 'none', stroke: colour, 'stroke-width': r / 6 });
  const corners = Array.from({ length: 8 }, (_, i): [number, number] => {
    const angle = ((i + 0.5) * Math.PI) / 4;
    return [x + r * Math.cos(angle), y + r * Math.sin(angle)];
  });
  return tag('polygon', { points: points(...corners), fill: colour });
}

function points(...corners: (readonly [x: number, y: number])[]): string {
  return corners.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' ');
}

function hatchedEdge(width: number, height: number, unit: number): string {
  const edge = 16 * unit;
  const frame = { x: edge / 2, y: edge / 2, width: width - edge, height: height - edge, fill: 'none' };
  const pattern = { id: 'hatch', width: edge, height: edge, patternUnits: 'userSpaceOnUse' };
  const stripe = tag('rect', { width: edge / 2, height: edge, fill: '#9B5CFF' });
  return (
    tag('defs', {}, tag('pattern', { ...pattern, patternTransform: 'rotate(45)' }, stripe)) +
    tag('rect', { ...frame, stroke: 'url(#hatch)', 'stroke-width': edge })
  );
}
