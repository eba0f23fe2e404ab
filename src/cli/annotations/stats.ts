import { basename, extname } from 'node:path';
import { Command } from 'commander';
import {
  type AnnotatedFilm,
  type FilmRow,
  filmsWithoutRow,
  readFilms,
  type SetStats,
  statsOf,
  statsPage,
  statsSvg,
} from '../../datasets/index.js';
import { UsageError } from '../exit.js';
import { replaceFile } from '../replaceFile.js';
import { table } from '../table.js';
import { reportFaults } from './faults.js';
import { type InputOptions, inputOptions, readInput } from './input.js';
import { readTextFile, sayingBadFormat } from './readFiles.js';
import { mayHaveBoxes, sayDoubtful } from './unlisted.js';

interface StatsOptions extends InputOptions {
  readonly films?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** `annotations stats`: counts what is in a set. */
export function statsCommand(): Command {
  const command = new Command('stats')
    .description('count films, boxes and labels by split and source; sizes of the boxes, with plots')
    .argument('<annotations>')
    .option('--films <file>', 'films.csv: split, source, patient, and sizes; films without boxes')
    .option('--out <file>', 'page (.html) or plots alone (.svg)')
    .option('--json', 'print the counts as JSON', false)
    .action((path: string, options: StatsOptions) => stats(path, options));
  for (const option of inputOptions()) command.addOption(option);
  return command;
}

async function stats(path: string, options: StatsOptions): Promise<void> {
  const ending = options.out === undefined ? undefined : extname(options.out).toLowerCase();
  if (ending !== undefined && ending !== '.html' && ending !== '.svg')
    throw new UsageError('--out must end with .html or .svg');
  const input = await readInput(path, options);
  const films = options.films === undefined ? undefined : await readTextFile(options.films);
  const known = films === undefined ? undefined : sayingBadFormat(() => readFilms(films.text, films.name));
  const isDoubtful = mayHaveBoxes(input);
  const rows = known?.rows.filter(({ image }) => !isDoubtful(image));
  const found = statsOf(countedFilms(input.set.films, rows));
  const faults = [
    ...input.faults,
    ...(known?.faults ?? []),
    ...(known === undefined ? [] : filmsWithoutRow(input.set.films, known)),
  ];
  reportFaults(faults, input.notes);
  sayDoubtful((known?.rows.length ?? 0) - (rows?.length ?? 0));
  if (options.out !== undefined)
    await replaceFile(options.out, ending === '.svg' ? statsSvg(found) : statsPage(found, basename(path)));
  const { shares, ...counts } = found;
  process.stdout.write(options.json ? `${JSON.stringify(counts, null, 2)}\n` : asText(found));
}

/** The films of films.csv, with their boxes; without films.csv those of the annotations. */
function countedFilms(
  annotated: readonly AnnotatedFilm[],
  rows: readonly FilmRow[] | undefined,
): Parameters<typeof statsOf>[0] {
  if (rows === undefined)
    return annotated.map((film) => ({
      film,
      ...(film.size === undefined ? {} : { size: film.size }),
      split: '',
      source: '',
    }));
  const boxed = new Map(annotated.map((film) => [film.image, film]));
  return rows.map((row) => {
    const film = boxed.get(row.image) ?? { image: row.image, boxes: [] };
    const [width, height] = [Number(row.cell('width')), Number(row.cell('height'))];
    const size = film.size ?? (width > 0 && height > 0 ? { width, height } : undefined);
    const patient = row.cell('patient');
    return {
      film,
      split: row.cell('split'),
      source: row.cell('source'),
      ...(size === undefined ? {} : { size }),
      ...(patient === '' ? {} : { patient }),
    };
  });
}

function asText({ total, groups, labels, boxesPerFilm, sides }: SetStats): string {
  const rows = [...groups, total].map(({ split, source, films, positive, boxes, patients }) => [
    split,
    source,
    String(films),
    String(positive),
    String(boxes),
    patients === null ? '–' : String(patients),
  ]);
  const parts = [
    table([['split', 'source', 'films', 'positive', 'boxes', 'patients'], ...rows]),
    table([
      ['label', 'boxes', 'films'],
      ...labels.map(({ label, boxes, films }) => [label, String(boxes), String(films)]),
    ]),
    table([['boxes a film', 'films'], ...boxesPerFilm.map((n, boxes) => [String(boxes), String(n)])]),
    ...(sides === null
      ? []
      : [
          table([
            ['of the film', '5 %', '25 %', 'median', '75 %', '95 %'],
            ...Object.entries(sides).map(([name, values]) => [name, ...values.map((value) => value.toFixed(3))]),
          ]),
        ]),
  ];
  return parts.join('\n');
}
