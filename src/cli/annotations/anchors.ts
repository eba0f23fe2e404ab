import { Command, InvalidArgumentError } from 'commander';
import { type AnchorSize, type Anchors, count, type FilmSize, findAnchors, inputSizeOf } from '../../datasets/index.js';
import { UsageError } from '../exit.js';
import { reportFaults } from './faults.js';
import { type InputOptions, inputOptions, readInput, readTextFile, sayingWrongUse } from './input.js';
import { filmSizes } from './sizes.js';
import { wholeNumber } from './split.js';

interface AnchorsOptions extends InputOptions {
  readonly films?: string;
  readonly split?: string;
  readonly count: number;
  readonly size: FilmSize;
  readonly seed: number;
  readonly json: boolean;
}

/** `annotations anchors`: anchors for a cfg, from the boxes themselves. */
export function anchorsCommand(): Command {
  const command = new Command('anchors')
    .description('anchors for a cfg by k-means over the boxes, as they lie in the network input')
    .argument('<annotations>')
    .option('--count <number>', 'how many anchors', atLeastOne, 9)
    .option('--size <pixels>', 'network input, 416 or 416x320', inputSize, { width: 416, height: 416 })
    .option('--films <file>', 'films.csv: sizes of the films (width, height), and their splits')
    .option('--split <name>', 'only films of this split in --films; anchors are fitted, so leave out what you test on')
    .option('--seed <number>', 'the same seed gives the same anchors', wholeNumber, 1)
    .option('--json', 'print them as JSON', false)
    .action((path: string, options: AnchorsOptions) => anchors(path, options));
  for (const option of inputOptions()) command.addOption(option);
  return command;
}

async function anchors(path: string, options: AnchorsOptions): Promise<void> {
  const input = await readInput(path, options);
  const films = options.films === undefined ? undefined : await readTextFile(options.films);
  const { sizes, faults } = sayingWrongUse(() => filmSizes(input, films, options.split));
  reportFaults([...input.faults, ...faults], input.notes);
  const boxes = input.set.films.flatMap((film) => {
    const size = sizes.get(film.image);
    return size === undefined ? [] : film.boxes.map(({ box }) => inputSizeOf(box, size, options.size));
  });
  const found = sayingTooFew(() => findAnchors(boxes, options));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ size: options.size, boxes: boxes.length, seed: options.seed, anchors: found.sizes, meanBestIou: found.meanBestIou }, null, 2)}\n`
      : asText(found, boxes),
  );
}

function asText({ sizes, meanBestIou }: Anchors, boxes: readonly AnchorSize[]): string {
  return `anchors = ${sizes.map(([width, height]) => `${width},${height}`).join(', ')}\n# mean best IoU ${meanBestIou.toFixed(4)} over ${count(boxes.length, 'box')}\n`;
}

function sayingTooFew<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function atLeastOne(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}

function inputSize(text: string): FilmSize {
  const [, width, height] = /^(\d{1,4})(?:[x×](\d{1,4}))?$/.exec(text) ?? [];
  if (width === undefined || Number(width) === 0 || Number(height ?? width) === 0)
    throw new InvalidArgumentError('It must be 416, or width x height as 416x320.');
  return { width: Number(width), height: Number(height ?? width) };
}
