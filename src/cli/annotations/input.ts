import { Option } from 'commander';
import {
  type FormatName,
  formatNames,
  type ImageIndex,
  readAnnotations,
  readClassList,
  type ReadContext,
  type Reading,
} from '../../datasets/index.js';
import { readImageFolder } from './images.js';
import { readFiles, readTextFile, sayingBadFormat } from './readFiles.js';

/** Options of every command that reads annotations. */
export interface InputOptions {
  readonly from?: FormatName;
  readonly images?: string;
  readonly classes?: string;
  readonly label?: string;
  readonly vocPixels?: 'edges' | 'one-based';
  readonly viaLabel?: string;
  readonly clip?: boolean;
  readonly crowdsAsBoxes?: boolean;
}

export interface Input extends Reading {
  readonly format: FormatName;
  /** The files that were read. */
  readonly paths: readonly string[];
  readonly images?: ImageIndex;
  readonly classes?: readonly string[];
}

export function inputOptions(): Option[] {
  return [
    new Option('--from <format>', 'format of the annotations (default: guessed, and named on stderr)').choices(
      formatNames,
    ),
    new Option('--images <dir>', 'folder of the images: every image must exist, and boxes must be within it'),
    new Option(
      '--classes <file>',
      'class names in the order of their numbers, one per line, or a data.yaml; any other label is a fault',
    ),
    new Option('--label <name>', 'label of the boxes of RSNA CSV, which has one class (default: opacity)'),
    new Option(
      '--voc-pixels <how>',
      'how Pascal VOC counts pixels: edges from 0, or first and last pixel from 1',
    ).choices(['edges', 'one-based']),
    new Option('--via-label <attribute>', 'the VIA region attribute that holds the label'),
    new Option('--clip', 'clip boxes that extend beyond their film (default: such a film is left out)'),
    new Option('--crowds-as-boxes', 'COCO: take annotations with iscrowd 1 as boxes of one thing, as masks often are'),
  ];
}

/** Reads annotations, and the images and classes to check them against. */
export async function readInput(path: string, options: InputOptions): Promise<Input> {
  const { format, files } = await readFiles(path, options.from);
  const classes = options.classes === undefined ? undefined : readClassList(await readTextFile(options.classes));
  const images = options.images === undefined ? undefined : await readImageFolder(options.images);
  const context: ReadContext = {
    ...(classes === undefined ? {} : { classes }),
    ...(images === undefined ? {} : { images }),
    ...(options.label === undefined ? {} : { label: options.label }),
    ...(options.vocPixels === undefined ? {} : { vocPixels: options.vocPixels }),
    ...(options.viaLabel === undefined ? {} : { viaLabel: options.viaLabel }),
    ...(options.clip === undefined ? {} : { clip: options.clip }),
    ...(options.crowdsAsBoxes === undefined ? {} : { crowdsAsBoxes: options.crowdsAsBoxes }),
  };
  const reading = sayingBadFormat(() => readAnnotations(format, files, context));
  return {
    format,
    paths: files.map(({ name }) => name),
    ...reading,
    ...(images === undefined ? {} : { images }),
    ...(classes === undefined ? {} : { classes }),
  };
}
