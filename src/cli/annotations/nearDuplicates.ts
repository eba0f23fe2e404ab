import { join } from 'node:path';
import {
  type Fault,
  type FilmRow,
  type FilmsTable,
  findNearDuplicates,
  type Fingerprint,
  fingerprintOf,
  type ImageIndex,
} from '../../datasets/index.js';
import { messageOf } from '../../messageOf.js';
import { progressBar } from '../progress.js';
import { readGreySquare } from './images.js';

export interface KnownFilm {
  readonly row: FilmRow;
  readonly fingerprint: Fingerprint;
}

/** Fingerprints of the films whose image can be decoded, and a fault for each that can't. */
export async function fingerprints(
  { file, rows }: FilmsTable,
  images: ImageIndex,
  folder: string,
): Promise<{ films: KnownFilm[]; broken: Fault[] }> {
  const films: KnownFilm[] = [];
  const broken: Fault[] = [];
  const bar = progressBar(rows.length, 'reading');
  for (const row of rows) {
    const known = images.find(row.image);
    if (known !== undefined) {
      try {
        films.push({ row, fingerprint: fingerprintOf(await readGreySquare(join(folder, known.name))) });
      } catch (error) {
        const reason = messageOf(error).split('\n', 1)[0] ?? '';
        broken.push({
          file,
          line: row.line,
          image: row.image,
          code: 'broken-image',
          message: `${row.image} can't be decoded: ${reason}`,
        });
      }
    }
    bar.increment();
  }
  bar.stop();
  return { films, broken };
}

/** If films have splits, only pairs across splits count; otherwise pairs of different patients. `all`: every pair. */
export function nearDuplicates(films: readonly KnownFilm[], file: string, all: boolean): Fault[] {
  const splits = films.map(({ row }) => row.cell('split'));
  const patients = films.map(({ row }) => row.cell('patient'));
  const areSplit = splits.some((split) => split !== '');
  const matters = (a: number, b: number) =>
    areSplit ? splits[a] !== splits[b] : patients[a] !== patients[b] || patients[a] === '';
  const bar = progressBar(films.length, 'comparing');
  const pairs = findNearDuplicates(
    films.map(({ fingerprint }) => fingerprint),
    (a, b) => all || matters(a, b),
    () => {
      bar.increment();
    },
  );
  bar.stop();
  return pairs.flatMap(({ first, second, correlation }) => {
    const [a, b] = [films[first]?.row, films[second]?.row];
    if (a === undefined || b === undefined) return [];
    const across = a.cell('split') !== b.cell('split');
    const named = (row: FilmRow) => `${row.image}${row.cell('split') === '' ? '' : ` (${row.cell('split')})`}`;
    const twin = `the film of line ${a.line}, ${named(a)}`;
    return [
      {
        file,
        line: b.line,
        image: b.image,
        code: across ? 'leak' : 'duplicate',
        message: `${named(b)} looks like ${twin}: correlation ${correlation.toFixed(3)}`,
      } satisfies Fault,
    ];
  });
}
