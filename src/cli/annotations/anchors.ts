import { Command, InvalidArgumentError } from 'commander';
import {
  type AnchorSize,
  type Anchors,
  count,
  type Fault,
  type FilmSize,
  findAnchors,
  inputSizeOf,
  readFilms,
  type TextFile,
} from '../../datasets/index.js';
import { sayingWrongUse } from '../exit.js';
import { parseInputSize, parseWholeNumber } from '../parsers.js';
import { reportFaults } from './faults.js';
import { type Input, type InputOptions, inputOptions, readInput } from './input.js';
import { readTextFile, sayingBadFormat } from './readFiles.js';

interface AnchorsOptions extends InputOptions {
  readonly films?: string;
  readonly split?: string;
  readonly count: number;
  readonly size: FilmSize;
  readonly seed: number;
  readonly json: boolean;
}

/** `annotations anchors`: anchors for a cfg, computed from the boxes. */
export function anchorsCommand(): Command {
  const command = new Command('anchors')
    .description('anchors for a cfg: k-means over the sizes of the boxes in the network input')
    .argument('<annotations>')
    .option('--count <number>', 'how many anchors', atLeastOne, 9)
    .option('--size <pixels>', 'network input, 416 or 416x320', parseInputSize, { width: 416, height: 416 })
    .option('--films <file>', 'films.csv: sizes of the films (width, height), and their splits')
    .option('--split <name>', 'only films of this split in --films; anchors are fitted, so leave out what you test on')
    .option('--seed <number>', 'the same seed gives the same anchors', parseWholeNumber, 1)
    .option('--json', 'print them as JSON', false)
    .action((path: string, options: AnchorsOptions) => anchors(path, options));
  for (const option of inputOptions()) command.addOption(option);
  return command;
}

async function anchors(path: string, options: AnchorsOptions): Promise<void> {
  const input = await readInput(path, options);
  const films = options.films === undefined ? undefined : await readTextFile(options.films);
  const { sizes, faults } = sayingBadFormat(() => filmSizes(input, films, options.split));
  reportFaults([...input.faults, ...faults], input.notes);
  const boxes = input.set.films.flatMap((film) => {
    const size = sizes.get(film.image);
    return size === undefined ? [] : film.boxes.map(({ box }) => inputSizeOf(box, size, options.size));
  });
  const found = sayingWrongUse([RangeError], () => findAnchors(boxes, options));
  process.stdout.write(options.json ? asJson(found, boxes, options) : asText(found, boxes));
}

function asText({ sizes, meanBestIou }: Anchors, boxes: readonly AnchorSize[]): string {
  const line = sizes.map(([width, height]) => `${width},${height}`).join(', ');
  return `anchors = ${line}\n# mean best IoU ${meanBestIou.toFixed(4)} over ${count(boxes.length, 'box')}\n`;
}

function asJson({ sizes, meanBestIou }: Anchors, boxes: readonly AnchorSize[], options: AnchorsOptions): string {
  const { size, seed } = options;
  return `${JSON.stringify({ size, boxes: boxes.length, seed, anchors: sizes, meanBestIou }, null, 2)}\n`;
}

/**
 * Sizes of the annotated films: from the images, the annotations, or the columns width and height of films.csv.
 * With a split, only its films. A film of unknown size is a fault.
 *
 * @throws FormatError if films.csv can't be read
 */
function filmSizes(
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
        message: `the size of ${image} is unknown; give --images, or --films with width and height`,
      });
  }
  return { sizes, faults };
}

function atLeastOne(text: string): number {
  const number = parseWholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}
