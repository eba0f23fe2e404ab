import { escapeXml } from '../svg/index.js';
import type { Report, ReportedBox } from './schema.js';

/**
 * The report drawn over its film: an SVG whose viewBox is the film, without a pixel of it, to be laid on
 * top. State and notice stand in a strip along the lower edge; strokes lie outside the boxes, on a dark
 * casing, so that no boxed pixel is covered and every line shows on any grey.
 */
export function overlaySvg(report: Report): string {
  const width = report.image?.width ?? 1024;
  const height = report.image?.height ?? 1024;
  // Sizes are in film pixels: about what 2 px lines and 16 px text are on a film shown at 1000 px.
  const unit = Math.max(width, height) / 1000;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" data-state="${report.state}" font-family="sans-serif" role="img">`,
    `<title>${escapeXml(`${stateLine(report)} ${report.notice}`)}</title>`,
    ...(report.state === 'not-analysed'
      ? [hatchedEdge(width, height, unit)]
      : report.detections.map((d) => drawnBox(d, width, unit))),
    stateStrip(report, width, height, unit),
    '</svg>',
  ];
  return parts.join('\n') + '\n';
}

/** The state in words, as every page and picture says it. */
export function stateLine(report: Report): string {
  switch (report.state) {
    case 'findings': {
      const n = report.detections.length;
      return `FINDINGS: ${n} ${n === 1 ? 'box' : 'boxes'} at or above ${report.threshold} (looked for: ${report.lookedFor.join(', ')}).`;
    }
    case 'below-threshold':
      return `NO BOX at or above ${report.threshold} (looked for: ${report.lookedFor.join(', ')}). This does not say the film is normal.`;
    case 'not-analysed':
      return `NOT ANALYSED (${report.reason.code}): ${report.reason.detail}`;
  }
}

const casing = '#0A0C0F';
const boxColour = '#5BD1FF';

function drawnBox({ box, class: name, score }: ReportedBox, filmWidth: number, unit: number): string {
  const line = 2 * unit;
  const rim = unit;
  const outset = (margin: number) =>
    `x="${fixed(box.x - margin)}" y="${fixed(box.y - margin)}" width="${fixed(box.width + 2 * margin)}" height="${fixed(box.height + 2 * margin)}"`;
  const text = `${name} ${score.toFixed(2)}`;
  const label = { width: (text.length * 9.5 + 12) * unit, height: 24 * unit };
  const above = box.y - line - 2 * rim - label.height;
  const labelX = Math.max(0, Math.min(box.x - line - rim, filmWidth - label.width));
  const labelY = above >= 0 ? above : box.y + box.height + line + 2 * rim;
  return [
    '<g fill="none">',
    `<rect ${outset(rim + line / 2)} stroke="${casing}" stroke-width="${fixed(line + 2 * rim)}"/>`,
    `<rect ${outset(rim + line / 2)} stroke="${boxColour}" stroke-width="${fixed(line)}"/>`,
    `<rect x="${fixed(labelX)}" y="${fixed(labelY)}" width="${fixed(label.width)}" height="${fixed(label.height)}" rx="${fixed(4 * unit)}" fill="${casing}" fill-opacity="0.85"/>`,
    `<text x="${fixed(labelX + 6 * unit)}" y="${fixed(labelY + 17.5 * unit)}" font-size="${fixed(17 * unit)}" fill="${boxColour}">${escapeXml(text)}</text>`,
    '</g>',
  ].join('');
}

const strips = {
  findings: { fill: '#F2A93B', stroke: 'none', text: '#14181D' },
  'below-threshold': { fill: '#14181D', stroke: '#B8C2CC', text: '#D5DAE0' },
  'not-analysed': { fill: '#9B5CFF', stroke: 'none', text: '#0A0C0F' },
} as const;

function stateStrip(report: Report, width: number, height: number, unit: number): string {
  const { fill, stroke, text } = strips[report.state];
  const line = stateLine(report);
  // On a narrow film the words shrink rather than run off the edge.
  // A bold letter of a wide sans-serif is about 0.7 of its height, a plain one 0.6.
  const size = Math.min(18 * unit, (width - 56 * unit) / Math.max(line.length * 0.7, report.notice.length * 0.6));
  const strip = 58 * unit;
  const top = height - strip;
  return [
    `<rect x="${fixed(unit)}" y="${fixed(top)}" width="${fixed(width - 2 * unit)}" height="${fixed(strip - unit)}" fill="${fill}" stroke="${stroke}" stroke-width="${fixed(2 * unit)}"/>`,
    sign(report.state, 24 * unit, top + strip / 2, 12 * unit, text),
    `<text fill="${text}" font-size="${fixed(size)}"><tspan x="${fixed(46 * unit)}" y="${fixed(top + 24 * unit)}" font-weight="bold">${escapeXml(line)}</tspan><tspan x="${fixed(46 * unit)}" y="${fixed(top + 46 * unit)}">${escapeXml(report.notice)}</tspan></text>`,
  ].join('\n');
}

/** Filled triangle, open ring, stop sign: told apart without colour. */
function sign(state: Report['state'], x: number, y: number, r: number, colour: string): string {
  if (state === 'findings') {
    return `<path d="M${fixed(x)} ${fixed(y - r)} L${fixed(x + r)} ${fixed(y + r * 0.8)} L${fixed(x - r)} ${fixed(y + r * 0.8)} Z" fill="${colour}"/>`;
  }
  if (state === 'below-threshold') {
    return `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${fixed(r * 0.8)}" fill="none" stroke="${colour}" stroke-width="${fixed(r / 6)}"/>`;
  }
  const corners = Array.from({ length: 8 }, (_, i) => {
    const angle = ((i + 0.5) * Math.PI) / 4;
    return `${fixed(x + r * Math.cos(angle))},${fixed(y + r * Math.sin(angle))}`;
  });
  return `<polygon points="${corners.join(' ')}" fill="${colour}"/>`;
}

function hatchedEdge(width: number, height: number, unit: number): string {
  const edge = 16 * unit;
  return [
    `<defs><pattern id="hatch" width="${fixed(edge)}" height="${fixed(edge)}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="${fixed(edge / 2)}" height="${fixed(edge)}" fill="#9B5CFF"/></pattern></defs>`,
    `<rect x="${fixed(edge / 2)}" y="${fixed(edge / 2)}" width="${fixed(width - edge)}" height="${fixed(height - edge)}" fill="none" stroke="url(#hatch)" stroke-width="${fixed(edge)}"/>`,
  ].join('');
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
