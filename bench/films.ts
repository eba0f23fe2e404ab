import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BenchFilm {
  readonly name: string;
  readonly bytes: Buffer;
}

/** How many films are used at most: more would add nothing new. */
const maximum = 20;

/** The films of a folder, in the order of their names. */
export async function loadFilms(folder: string): Promise<BenchFilm[]> {
  const names = (await readdir(folder)).filter((name) => /\.(?:jpe?g|png|tiff?|webp)$/i.test(name)).sort();
  if (names.length === 0) throw new Error(`${folder} holds no films`);
  return Promise.all(
    names.slice(0, maximum).map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );
}

const boundary = 'bench-7d9f2c41';

export const multipartType = `multipart/form-data; boundary=${boundary}`;

/** The film as a browser or `curl -F image=@film` would send it. */
export function multipartBody({ name, bytes }: BenchFilm): Buffer {
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="image"; filename="${name}"`,
    'Content-Type: application/octet-stream',
    '\r\n',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}
