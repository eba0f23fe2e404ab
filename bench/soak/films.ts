import sharp from 'sharp';

/** What the clients post. */
export interface SoakFilm {
  readonly bytes: Buffer;
  /** Whether the file is damaged: it must never be answered as a film without findings. */
  readonly broken: boolean;
}

const [width, height] = [128, 112];

/** Small drawn films, each with a bright patch in another place, and two files that break off in the middle. */
export async function drawSoakFilms(): Promise<SoakFilm[]> {
  const films = await Promise.all(Array.from({ length: 18 }, (_, i) => draw(i)));
  const cut = await Promise.all([draw(100), draw(101)]);
  return [
    ...films.map((bytes) => ({ bytes, broken: false })),
    ...cut.map((bytes) => ({ bytes: bytes.subarray(0, bytes.length >> 1), broken: true })),
  ];
}

function draw(i: number): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const bright = Math.hypot(x - 20 - 5 * (i % 18), y - 56) < 20 + (i % 7);
    return bright ? 255 - (i % 5) : (at * 7 + i) % 97;
  });
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}
