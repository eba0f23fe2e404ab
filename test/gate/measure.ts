import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gate, GateFilm, GateVerdict } from '../../src/gate/index.js';
import { invertFilm } from '../../src/imaging/index.js';
import type { Film } from '../../src/imaging/index.js';
import { axialSlice, blank, decoded, filmAt, hand, page } from './pictures.js';

/** What a gate said of the pictures of one kind. */
export interface Measured {
  readonly kind: string;
  /** What should become of them. */
  readonly expected: GateVerdict['kind'];
  /** The share of them, 0…1, of which it must become so. */
  readonly required: number;
  readonly pictures: number;
  readonly passed: number;
  readonly inverted: number;
  readonly refused: number;
  /** Files that came out otherwise than expected. */
  readonly wrong: readonly string[];
}

interface Picture {
  readonly name: string;
  readonly film: Film;
}

/**
 * Asks a gate about every film of the shared data folder, and about what can be made of them: of all of them, or of
 * each fifth film, say, since one that is refused is looked at five times.
 */
export async function* measureGate(gate: Gate, dataDir: string, { changeOneIn = 1 } = {}): AsyncGenerator<Measured> {
  const count = (
    kind: string,
    expected: GateVerdict['kind'],
    pictures: readonly Picture[],
    change: (film: Film) => GateFilm = (film) => film,
    required = expected === 'passes' ? 0.99 : 0.95,
  ): Measured => {
    const verdicts = pictures.map(({ name, film }) => ({ name, kind: gate.judge(change(film)).kind }));
    const of = (verdict: GateVerdict['kind']) => verdicts.filter((v) => v.kind === verdict).length;
    const wrong = verdicts.filter((v) => v.kind !== expected).map(({ name }) => name);
    return {
      kind,
      expected,
      required,
      pictures: verdicts.length,
      passed: of('passes'),
      inverted: of('passes-inverted'),
      refused: of('refused'),
      wrong,
    };
  };

  for (const { title, folder, rows } of frontalSets) {
    const films = await read(join(dataDir, folder, 'images'), await namesIn(join(dataDir, folder, 'films.csv'), rows));
    yield count(`frontal: ${title}`, 'passes', films);
    const changed = films.filter((_, i) => i % changeOneIn === 0);
    yield count(`${title}, an eighth cut off each side`, 'passes', changed, (film) => cropped(film, 1 / 8), 0.95);
    yield count(`${title}, negative`, 'passes-inverted', changed, invertFilm);
    yield count(`${title}, turned right`, 'refused', changed, (film) => turnedRight(film));
    yield count(`${title}, upside down`, 'refused', changed, (film) => turnedRight(turnedRight(film)));
    yield count(`${title}, turned left`, 'refused', changed, (film) => turnedRight(turnedRight(turnedRight(film))));
  }
  for (const kind of ['lateral', 'ct-slice']) {
    const images = join(dataDir, 'non-films/images');
    const pictures = await read(images, await namesIn(join(dataDir, 'non-films/films.csv'), (row) => row[1] === kind));
    yield count(kind, 'refused', pictures);
    yield count(`${kind}, negative`, 'refused', pictures, invertFilm);
  }
  const photographs = join(dataDir, 'darknet/images');
  const scenes = await read(photographs, await readdir(photographs));
  yield count('photograph', 'refused', scenes);
  yield count('photograph in grey', 'refused', scenes, greyed);
  yield count('photograph in grey, negative', 'refused', scenes, (film) => invertFilm(greyed(film)));
  yield count('photograph in grey, turned right', 'refused', scenes, (film) => turnedRight(greyed(film)));
  const drawings = {
    page: page(),
    hand: hand(),
    slice: axialSlice(),
    black: blank(0),
    grey: blank(128),
    white: blank(255),
  };
  const drawn = await Promise.all(
    Object.entries(drawings).map(async ([name, bytes]) => ({ name, film: await decoded(await bytes) })),
  );
  yield count('drawn: text, hand, slice, blanks', 'refused', drawn);
}

type Row = readonly string[];

/** Held-out films; those of ieee8023 and SIIM were never learnt from, whatever their split. */
const frontalSets: readonly {
  readonly title: string;
  readonly folder: string;
  readonly rows: (row: Row) => boolean;
}[] = [
  {
    title: 'NIH, validation',
    folder: 'cxr-opacity',
    rows: ([, source = '', , split]) => split === 'val' && !source.includes('ieee8023'),
  },
  { title: 'NIH at 299 px, validation', folder: 'cxr-opacity-299', rows: ([, , , split]) => split === 'val' },
  { title: 'case reports (ieee8023)', folder: 'cxr-opacity', rows: ([, source = '']) => source.includes('ieee8023') },
  { title: 'SIIM-COVID, validation', folder: 'siim-covid19', rows: ([, , , split]) => split === 'val' },
];

/** Names in the first column of a films.csv, of the rows that are wanted. The columns asked for hold no commas. */
async function namesIn(path: string, wanted: (row: Row) => boolean): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).trim().split(/\r?\n/).slice(1);
  return lines
    .map((line) => line.split(','))
    .filter(wanted)
    .flatMap(([name]) => name ?? []);
}

async function read(folder: string, names: readonly string[]): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const name of names) pictures.push({ name, film: await filmAt(join(folder, name)) });
  return pictures;
}

function turnedRight(film: Film): Film {
  const { width, height, channels, pixels } = film;
  const out = pixels.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++)
        out[(x * height + height - 1 - y) * channels + c] = pixels[(y * width + x) * channels + c]!;
    }
  }
  return { ...film, width: height, height: width, pixels: out };
}

function cropped(film: Film, share: number): GateFilm {
  const { channels, pixels } = film;
  const [left, top] = [Math.floor(film.width * share), Math.floor(film.height * share)];
  const [width, height] = [film.width - 2 * left, film.height - 2 * top];
  const out = pixels.slice(0, width * height * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * film.width + left) * channels;
    out.set(pixels.subarray(start, start + width * channels), y * width * channels);
  }
  return { width, height, channels, pixels: out };
}

function greyed(film: Film): Film {
  if (film.channels === 1) return film;
  const { pixels } = film;
  const grey = Uint8Array.from({ length: film.width * film.height }, (_, i) =>
    Math.round(0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]!),
  );
  return { ...film, channels: 1, pixels: grey };
}
