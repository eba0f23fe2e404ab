import {
  type ClassSpec,
  type FitSpec,
  type HeadSpec,
  type InputSpec,
  type ModelSpec,
  ModelSpecError,
  type WindowSpec,
} from '../detector/index.js';
import { parseModelSpec } from '../detector/parseModelSpec.js';
import { ImportError } from './importError.js';
import type { MapShape, Network } from './network.js';
import { headTensor, INPUT_TENSOR } from './onnx/index.js';

export type SourceFormat = 'darknet' | 'keras';

/** What a person may say about a network beyond its files; the format has defaults for everything else. */
export interface SpecChoices {
  readonly name: string;
  readonly version?: string;
  readonly licence?: string;
  readonly intendedUse?: string;
  /** In the order of the classes file. */
  readonly classNames: readonly string[];
  /** Classes that describe a box but don't make one. */
  readonly attributes?: readonly string[];
  /** What people read instead of the name. */
  readonly titles?: ReadonlyMap<string, string>;
  readonly window?: WindowSpec;
  readonly fit?: Partial<FitSpec>;
  readonly colour?: InputSpec['colour'];
  readonly nmsIou?: number;
  readonly threshold?: { readonly score: number; readonly source: string };
  readonly candidateFloor?: number;
  /** The check of a film before the network sees it. */
  readonly inputGate?: ModelSpec['inputGate'];
}

interface FormatDefaults {
  readonly fit: FitSpec;
  readonly threshold: number;
}

/** How the frameworks themselves preprocess a picture. */
const formatDefaults: Readonly<Record<SourceFormat, FormatDefaults>> = {
  // letterbox_image of darknet: floats, corner-aligned, and boxes go back by the un-floored half of the bars.
  darknet: {
    fit: {
      mode: 'letterbox',
      interpolation: 'bilinear-corner',
      arithmetic: 'float32',
      fill: 0.5,
      unletterbox: 'darknet',
    },
    threshold: 0.25,
  },
  // letterbox_image of keras-yolo3: Pillow resizes bytes, on grey 128. Its yolo_correct_boxes rounds sizes that were
  // truncated, and uses half pixels though the picture was pasted at whole ones; `exact` maps a box back to where its
  // pixels came from, at most one input pixel from where keras-yolo3 puts it.
  keras: {
    fit: { mode: 'letterbox', interpolation: 'bicubic', arithmetic: 'uint8', fill: 128 / 255, unletterbox: 'exact' },
    threshold: 0.3,
  },
};

/** Default input size of keras-yolo3 and TrainYourOwnYOLO; the file does not hold it. */
export const KERAS_INPUT_SIZE = 416;

/**
 * The ModelSpec of an imported network.
 *
 * @param onnxSha256 of the ONNX file written from it, hex
 * @throws ImportError `bad-options` if classes, input size or a choice don't fit the network
 */
export function specOf(format: SourceFormat, network: Network, onnxSha256: string, choices: SpecChoices): ModelSpec {
  const defaults = formatDefaults[format];
  const { channels, width, height } = network.input;
  const window = choices.window ?? 'none';
  const spec = {
    name: choices.name,
    version: choices.version ?? '1.0.0',
    onnxSha256,
    licence: choices.licence ?? 'unknown: set it before you hand the model on',
    intendedUse: choices.intendedUse ?? 'Research on frontal chest films',
    notice: 'Research use only. Not for diagnosis.',
    input: {
      tensor: INPUT_TENSOR,
      width,
      height,
      channels,
      layout: 'nchw',
      // A window is a range of grey levels, and a network with one channel sees only grey.
      colour: choices.colour ?? (window !== 'none' || channels === 1 ? 'grey' : 'rgb'),
      scale: 1,
      mean: 0,
    },
    window,
    fit: { ...defaults.fit, ...choices.fit },
    heads: network.heads.map((head, i) => headSpec(network.input, head, i)),
    classes: classSpecs(network, choices),
    nms: { kind: 'greedy', iou: choices.nmsIou ?? 0.45, perClass: true, maximum: 300 },
    threshold: choices.threshold ?? { score: defaults.threshold, source: 'import default' },
    // A row must keep at least what is reported.
    candidateFloor: {
      score: choices.candidateFloor ?? Math.min(0.05, choices.threshold?.score ?? defaults.threshold),
      maximum: 100,
    },
    calibration: null,
    inputGate: choices.inputGate ?? 'none',
    maxBatch: 8,
  };
  try {
    return parseModelSpec(spec);
  } catch (error) {
    if (!(error instanceof ModelSpecError)) throw error;
    throw new ImportError('bad-options', `these options make no valid model: ${error.field} ${error.problem}`, {
      cause: error,
    });
  }
}

function headSpec(input: MapShape, head: Network['heads'][number], index: number): HeadSpec {
  const stride = input.width / head.shape.width;
  if (!Number.isInteger(stride) || input.height / head.shape.height !== stride) {
    throw new ImportError(
      'bad-options',
      `${head.origin}: an input of ${input.width} × ${input.height} gives a head of ${head.shape.width} × ` +
        `${head.shape.height} cells, which is not a whole stride; choose a width and height that are multiples of ` +
        '32',
    );
  }
  return {
    tensor: headTensor(index),
    stride,
    anchors: head.anchors.map(([width, height]) => [width, height]),
    scaleXY: head.scaleXY,
    box: head.box,
  };
}

function classSpecs(
  network: Network,
  { classNames, attributes = [], titles = new Map<string, string>() }: SpecChoices,
): ClassSpec[] {
  for (const head of network.heads) {
    if (head.classes !== classNames.length) {
      throw new ImportError(
        'bad-options',
        `the classes file names ${classNames.length} classes, ${head.origin} has ${head.classes}`,
      );
    }
  }
  const unknown = [...attributes, ...titles.keys()].find((name) => !classNames.includes(name));
  if (unknown !== undefined)
    throw new ImportError(
      'bad-options',
      `there is no class "${unknown}"; the classes file names ${classNames.join(', ')}`,
    );
  return classNames.map((name, i) => ({
    name,
    title: titles.get(name) ?? name,
    colour: colours[i % colours.length] ?? '#e69f00',
    role: attributes.includes(name) ? 'attribute' : 'lesion',
  }));
}

/**
 * Colours that colour-blind readers can tell apart, also on grey films (Okabe and Ito,
 * https://jfly.uni-koeln.de/color/).
 */
const colours = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'];
