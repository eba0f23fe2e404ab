// Draws the films of annotations/example: schematic chests with no, one or two soft opacities, and their boxes in the
// form of a VoTT CSV export. Nothing in them comes from a patient. The same seed draws the same films:
//
//   npm run build && node scripts/draw-films.mjs annotations/example
//
// `annotations convert` makes the other formats from this one.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../dist/src/random.js';

const [folder = 'annotations/example'] = process.argv.slice(2);
const filmCount = 40;
const random = seededRandom(20261121);

/**
 * @typedef {{ x: number, y: number, rx: number, ry: number, angle: number, strength: number }} Opacity centre and radii
 * in pixels, angle in radians
 */

await rm(join(folder, 'images'), { recursive: true, force: true });
await mkdir(join(folder, 'images'), { recursive: true });
await mkdir(join(folder, 'vott-csv'), { recursive: true });
const boxes = ['"image","xmin","ymin","xmax","ymax","label"'];
const films = ['image,source,patient,width,height'];
for (let patient = 1, drawn = 0; drawn < filmCount; patient++) {
  const chest = drawChest();
  const own = Math.min(filmCount - drawn, 1 + Math.floor(random() * 3));
  const ill = random() < 0.6;
  for (let n = 1; n <= own; n++, drawn++) {
    const name = `drawn-p${String(patient).padStart(2, '0')}-${n}.jpg`;
    const film = takeFilm(chest);
    const opacities =
      ill && random() < 0.9 ? Array.from({ length: random() < 0.55 ? 1 : 2 }, (_, i) => placeOpacity(film, i)) : [];
    await writeFile(join(folder, 'images', name), await develop(film, opacities));
    films.push([name, 'drawn', `p${String(patient).padStart(2, '0')}`, film.width, film.height].join(','));
    for (const opacity of opacities) boxes.push([`"${name}"`, ...edgesOf(opacity, film), '"opacity"'].join(','));
  }
}
await writeFile(join(folder, 'films.csv'), `${films.join('\n')}\n`);
await writeFile(join(folder, 'vott-csv', 'vott-export.csv'), `${boxes.join('\n')}\n`);

/** What all films of a patient have in common; lengths are shares of the film's width. */
function drawChest() {
  return {
    lungWidth: between(0.2, 0.25),
    lungHeight: between(0.52, 0.64),
    gap: between(0.1, 0.14),
    heart: between(0.08, 0.14),
    ribs: 8 + Math.floor(random() * 3),
    shoulders: between(0.16, 0.22),
  };
}

/** One exposure of a chest: size, position and tone. */
function takeFilm(chest) {
  const width = 8 * Math.round(between(256, 320) / 8);
  const height = 8 * Math.round((width * between(0.88, 1.14)) / 8);
  return {
    chest,
    width,
    height,
    tilt: between(-5, 5),
    centre: { x: width * between(0.47, 0.53), y: height * between(0.47, 0.53) },
    black: between(4, 40),
    white: between(185, 250),
    gamma: between(0.75, 1.35),
    grain: between(1.5, 4),
    tube: random() < 0.25,
  };
}

/** Somewhere well inside a lung; the second one goes to the other side. */
function placeOpacity({ chest, width, height, centre, tilt }, i) {
  const side = i === 0 ? (random() < 0.5 ? -1 : 1) : 0;
  const lung = { rx: chest.lungWidth * width * 0.5, ry: chest.lungHeight * height * 0.5 };
  const rx = lung.rx * between(0.45, 0.85);
  const ry = lung.ry * between(0.22, 0.45);
  const sign = side === 0 ? -placeOpacity.last : side;
  placeOpacity.last = sign;
  const x = sign * (chest.gap * width * 0.5 + lung.rx) + between(-0.2, 0.2) * (lung.rx - rx);
  // The heart would hide an opacity low on its side.
  const y = between(-0.8, sign === 1 ? -0.1 : 0.75) * (lung.ry - ry) + 0.03 * height;
  const turn = (tilt * Math.PI) / 180;
  return {
    x: centre.x + x * Math.cos(turn) - y * Math.sin(turn),
    y: centre.y + x * Math.sin(turn) + y * Math.cos(turn),
    rx,
    ry,
    angle: turn + between(-0.4, 0.4),
    strength: between(0.42, 0.62),
  };
}

/** Box around the rotated ellipse, in whole pixels on the film. */
function edgesOf({ x, y, rx, ry, angle }, { width, height }) {
  const halfWidth = Math.hypot(rx * Math.cos(angle), ry * Math.sin(angle));
  const halfHeight = Math.hypot(rx * Math.sin(angle), ry * Math.cos(angle));
  return [
    Math.max(0, x - halfWidth),
    Math.max(0, y - halfHeight),
    Math.min(width, x + halfWidth),
    Math.min(height, y + halfHeight),
  ].map(Math.round);
}

/** The drawing with opacities, tone and grain, as a grey JPEG. */
async function develop(film, opacities) {
  const { width, height, black, white, gamma, grain } = film;
  const { data } = await sharp(Buffer.from(drawing(film)))
    .flatten({ background: '#000' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = Buffer.alloc(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      let level = data[i] / 255;
      for (const opacity of opacities) level += (0.95 - level) * haze(opacity, column + 0.5, row + 0.5);
      const toned = black + (white - black) * Math.min(1, level) ** gamma;
      pixels[i] = Math.max(0, Math.min(255, Math.round(toned + grain * (random() + random() + random() - 1.5))));
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 72 })
    .toBuffer();
}

/** How much an opacity veils a point: fully in the middle, softly at the edge, not at all outside its ellipse. */
function haze({ x, y, rx, ry, angle, strength }, px, py) {
  const [dx, dy] = [px - x, py - y];
  const along = (dx * Math.cos(angle) + dy * Math.sin(angle)) / rx;
  const across = (-dx * Math.sin(angle) + dy * Math.cos(angle)) / ry;
  const distance = Math.hypot(along, across);
  const edge = Math.max(0, Math.min(1, (1.05 - distance) / 0.6));
  return strength * edge * edge * (3 - 2 * edge);
}

/** Body, lungs, heart, spine, ribs and collar bones, drawn in the frame of the chest and rotated together. */
function drawing({ chest, width, height, tilt, centre, tube }) {
  const w = (share) => (share * width).toFixed(1);
  const h = (share) => (share * height).toFixed(1);
  const { lungWidth, lungHeight, gap, heart, ribs, shoulders } = chest;
  const lung = (side) => {
    const inner = side * gap * 0.5;
    const outer = side * (gap * 0.5 + lungWidth);
    const [top, base] = [-lungHeight * 0.5, lungHeight * 0.5];
    return (
      `<path d="M ${w(inner + side * 0.02)} ${h(top)} C ${w(outer)} ${h(top)}, ${w(outer + side * 0.03)} ` +
      `${h(base * 0.2)}, ${w(outer)} ${h(base)} Q ${w((inner + outer) / 2)} ${h(base - 0.07)}, ${w(inner)} ` +
      `${h(base - 0.02)} Z" fill="#2b2b2b"/>`
    );
  };
  const rib = (side, i) => {
    const y = -lungHeight * 0.46 + (i * lungHeight) / ribs;
    const reach = side * (gap * 0.5 + lungWidth * 1.05);
    return (
      `<path d="M ${w(side * 0.03)} ${h(y)} Q ${w(reach * 0.75)} ${h(y - 0.05)}, ${w(reach)} ${h(y + 0.09)}" ` +
      `fill="none" stroke="#fff" stroke-opacity="0.16" stroke-width="${w(0.018)}"/>`
    );
  };
  const sides = [-1, 1];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><filter id="soft"><feGaussianBlur stdDeviation="${w(0.011)}"/></filter></defs>
    <g transform="translate(${centre.x.toFixed(1)} ${centre.y.toFixed(1)}) rotate(${tilt.toFixed(2)})" filter="url(#soft)">
      <path d="M ${w(-0.5)} ${h(0.6)} L ${w(-0.46)} ${h(-0.2)} Q ${w(-0.44)} ${h(-0.36)}, ${w(-shoulders)} ${h(-0.42)} L ${w(-0.09)} ${h(-0.6)} L ${w(0.09)} ${h(-0.6)} L ${w(shoulders)} ${h(-0.42)} Q ${w(0.44)} ${h(-0.36)}, ${w(0.46)} ${h(-0.2)} L ${w(0.5)} ${h(0.6)} Z" fill="#8c8c8c"/>
      ${sides.map(lung).join('')}
      <rect x="${w(-0.045)}" y="${h(-0.6)}" width="${w(0.09)}" height="${h(1.2)}" fill="#c9c9c9"/>
      <path d="M ${w(-0.02)} ${h(-lungHeight * 0.2)} C ${w(heart * 0.9)} ${h(-lungHeight * 0.1)}, ${w(heart * 1.5)} ${h(lungHeight * 0.2)}, ${w(heart * 1.55)} ${h(lungHeight * 0.44)} L ${w(-heart * 0.55)} ${h(lungHeight * 0.46)} Q ${w(-heart * 0.6)} ${h(lungHeight * 0.15)}, ${w(-0.02)} ${h(-lungHeight * 0.2)} Z" fill="#b4b4b4"/>
      ${sides.flatMap((side) => Array.from({ length: ribs }, (_, i) => rib(side, i))).join('')}
      ${sides.map((side) => `<path d="M ${w(side * 0.04)} ${h(-lungHeight * 0.5)} Q ` + `${w(side * 0.2)} ${h(-lungHeight * 0.58)}, ` + `${w(side * 0.36)} ${h(-lungHeight * 0.56)}" ` + 'fill="none" stroke="#fff" stroke-opacity="0.4" ' + `stroke-width="${w(0.022)}"/>`).join('')}
      ${tube ? `<path d="M ${w(0.01)} ${h(-0.6)} L ${w(0.012)} ` + `${h(-0.08)}" stroke="#fff" stroke-opacity="0.7" ` + `stroke-width="${w(0.008)}"/>` : ''}
    </g></svg>`;
}

function between(low, high) {
  return low + (high - low) * random();
}
