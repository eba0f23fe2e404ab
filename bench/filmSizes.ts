import sharp, { type Sharp } from 'sharp';
import type { BenchFilm } from './films.js';

/** The same films in the sizes of different machines. */
export interface FilmSize {
  readonly name: string;
  readonly films: readonly BenchFilm[];
}

/** 512², 1024² (as they are in the folder), and 3000 × 2500 as 8-bit JPEG and as 16-bit PNG. */
export async function filmSizes(films: readonly BenchFilm[]): Promise<readonly FilmSize[]> {
  const each = async (name: string, make: (film: BenchFilm) => Promise<Buffer>): Promise<FilmSize> => ({
    name,
    films: await Promise.all(films.map(async (film) => ({ name: film.name, bytes: await make(film) }))),
  });
  return [
    await each('512², JPEG', ({ bytes }) => sharp(bytes).resize(512).jpeg({ quality: 90 }).toBuffer()),
    { name: '1024², JPEG', films },
    await each('3000 × 2500, JPEG', ({ bytes }) => resized(bytes).jpeg({ quality: 90 }).toBuffer()),
    await each('3000 × 2500, PNG, 16 bits', async ({ bytes }) => deepPng(await resized(bytes).raw().toBuffer())),
  ];
}

const large = { width: 3000, height: 2500 };

function resized(bytes: Buffer): Sharp {
  return sharp(bytes).resize(large.width, large.height, { fit: 'fill' }).toColourspace('b-w');
}

/** Adds grain in the lower bits: 8 bits stretched to 16 would compress far too well. */
function deepPng(grey: Buffer): Promise<Buffer> {
  let state = 1;
  const deep = Uint16Array.from(grey, (level) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return level * 252 + (state >>> 23);
  });
  return sharp(deep, { raw: { ...large, channels: 1 } })
    .toColourspace('grey16')
    .png({ compressionLevel: 3 })
    .toBuffer();
}
