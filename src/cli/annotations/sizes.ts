import { type Fault, type FilmSize, readFilms, type TextFile } from '../../datasets/index.js';
import type { Input } from './input.js';

/**
 * Sizes of the annotated films: of the images, of the annotations themselves, or of the columns width and height of
 * films.csv. With a split only its films. A film without size is a fault.
 *
 * @throws FormatError where films.csv can't be read
 */
export function filmSizes(
  { set }: Input,
  films: TextFile | undefined,
  split: string | undefined,
): { sizes: Map<string, FilmSize>; faults: Fault[] } {
  const table =
    films === undefined
      ? undefined
      : readFilms(films.text, films.name, { required: split === undefined ? [] : ['split'] });
  const rows = new Map((table?.rows ?? []).map((row) => [row.image, row]));
  const faults: Fault[] = [...(table?.faults ?? [])];
  const sizes = new Map<string, FilmSize>();
  for (const { image, size, place } of set.films) {
    const row = rows.get(image);
    if (split !== undefined && row?.cell('split') !== split) continue;
    const [width, height] = [Number(row?.cell('width')), Number(row?.cell('height'))];
    const known = size ?? (width > 0 && height > 0 ? { width, height } : undefined);
    if (known !== undefined) sizes.set(image, known);
    else
      faults.push({
        ...(place ?? { file: image }),
        image,
        code: 'no-size',
        message: `the size of ${image} is not known; name --images, or --films with width and height`,
      });
  }
  return { sizes, faults };
}
