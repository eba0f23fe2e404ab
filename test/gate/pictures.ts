import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { decodeFilm } from '../../src/imaging/decodeFilm.js';
import type { Film } from '../../src/imaging/index.js';

/** Pictures to ask a gate about: as files, and decoded as the service decodes them. */

export const frontalFilms = ['00002275_018', '00003291_001', '00003585_000', '00003699_000', '00004344_002'].map(
  (name) => `annotations/films/nih-${name}.jpg`,
);

export async function decoded(bytes: Uint8Array): Promise<Film> {
  return decodeFilm(bytes, { maxPixels: 1e8 });
}

export async function filmAt(path: string): Promise<Film> {
  return decoded(await readFile(path));
}

export const negativeOf = (path: string) => sharp(path).negate().png().toBuffer();

export const turnedBy = (path: string, degrees: number) => sharp(path).rotate(degrees).png().toBuffer();

/** A letter of many lines, much taller than wide. */
export async function page(): Promise<Buffer> {
  const lines = Array.from(
    { length: 46 },
    (_, i) =>
      `<text x="24" y="${40 + 20 * i}" font-size="13" ` +
      `font-family="sans-serif">${'Dear colleague, thank you for referring '.slice(i % 9)}</text>`,
  );
  return drawing(360, 980, `<rect width="360" height="980" fill="white"/>${lines.join('')}`);
}

/** A hand from behind: five rays of bones from a wrist, in soft tissue. */
export async function hand(): Promise<Buffer> {
  const rays = [-50, -18, -4, 10, 24].map((angle) => {
    const bones = [40, 130, 215, 285].map(
      (start, i) =>
        `<rect x="-9" y="${-start - [80, 75, 60, 42][i]!}" width="18" height="${[80, 75, 60, 42][i]!}" ` +
        'rx="8" fill="#d8d8d8"/>',
    );
    return (
      `<g transform="translate(300 620) rotate(${angle})"><rect x="-26" y="-345" width="52" height="345" ` +
      `rx="26" fill="#5a5a5a"/>${bones.join('')}</g>`
    );
  });
  const forearm =
    '<rect x="230" y="560" width="140" height="300" fill="#5a5a5a"/><rect x="250" y="650" width="32" ' +
    'height="200" fill="#d8d8d8"/><rect x="318" y="650" width="32" height="200" fill="#d8d8d8"/>';
  return drawing(
    600,
    800,
    `<rect width="600" height="800" fill="black"/>${forearm}${rays.join('')}<circle cx="300" cy="610" r="50" ` +
      'fill="#c0c0c0"/>',
  );
}

/** A body cut across: an oval with two dark lungs, a bright heart and spine, on black, above the arc of the table. */
export async function axialSlice(): Promise<Buffer> {
  return drawing(
    512,
    512,
    `<rect width="512" height="512" fill="black"/><ellipse cx="256" cy="250" rx="220" ry="150" fill="#c8c8c8"/>
     <ellipse cx="150" cy="245" rx="85" ry="110" fill="#202020"/><ellipse cx="362" cy="245" rx="85" ry="110"
       fill="#202020"/>
     <ellipse cx="285" cy="210" rx="65" ry="60" fill="#e0e0e0"/><circle cx="256" cy="340" r="30" fill="white"/><path
       d="M60 440 Q256 490 452 440" stroke="#909090" stroke-width="6" fill="none"/>`,
  );
}

/** A scene in colour: sky, sun, a house in a meadow. */
export async function photograph(): Promise<Buffer> {
  return drawing(
    640,
    480,
    `<rect width="640" height="280" fill="#6db3f2"/><rect y="280" width="640" height="200" fill="#3f8f2f"/><circle
      cx="520" cy="80" r="45" fill="#ffe14a"/>
     <rect x="180" y="190" width="200" height="150" fill="#b5522b"/><path d="M160 190 L280 90 L400 190 Z"
       fill="#5b2c1a"/><rect x="250" y="260" width="50" height="80" fill="#f4e6c8"/>`,
  );
}

export async function blank(level: number): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 200, channels: 3, background: { r: level, g: level, b: level } } })
    .png()
    .toBuffer();
}

/** A grey film in colour: each channel its share of the grey level. */
export function tinted(film: Film, shares: readonly [number, number, number]): Film {
  const pixels = Uint8Array.from({ length: film.pixels.length * 3 }, (_, i) =>
    Math.round(film.pixels[Math.floor(i / 3)]! * shares[i % 3]!),
  );
  return { ...film, channels: 3, pixels };
}

/** A red square over 1 % of a colour film. */
export function marked(film: Film): Film {
  const pixels = film.pixels.slice();
  const [left, top, size] = [Math.floor(film.width / 2), Math.floor(film.height / 3), Math.floor(film.width / 10)];
  for (let y = top; y < top + size; y++)
    for (let x = left; x < left + size; x++) pixels.set([255, 20, 20], (y * film.width + x) * 3);
  return { ...film, pixels };
}

export function greyOf(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).greyscale().png().toBuffer();
}

/** Drawn by tests, not by the service, which opens no SVG: librsvg has to be let in again. */
async function drawing(width: number, height: number, content: string): Promise<Buffer> {
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
  try {
    return await sharp(
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`),
    )
      .png()
      .toBuffer();
  } finally {
    sharp.block({ operation: ['VipsForeignLoadSvg'] });
  }
}
