import { assertNumbers, foldBatchNorm } from '../batchNorm.js';
import { ImportError } from '../importError.js';
import type { Network } from '../network.js';
import { readKerasFile } from './h5File.js';
import { assertSameTopology, epsilonFrom, parseModelConfig } from './modelConfig.js';
import { rankConvolutions } from './ranked.js';
import { type KerasTopology, planKeras, topologies } from './topology.js';

export interface KerasFiles {
  /** Bytes of the .h5 from `model.save_weights` or `model.save`. */
  readonly h5: Uint8Array;
  /** Text of the anchors file: one line `10,13, 16,30, …`, pixels of the network input. */
  readonly anchors: string;
}

export interface KerasOptions {
  /** Number of classes; the file holds only a head's total number of channels. */
  readonly classes: number;
  readonly size: { readonly width: number; readonly height: number };
}

/**
 * A YOLOv3 or tiny YOLOv3 of keras-yolo3 / TrainYourOwnYOLO as one network, heads from the coarsest. The topology is
 * recognised by the number of convolutions; if the file states its own (`model.save`), the two must agree. Throws
 * ImportError.
 */
export function readKeras(
  files: KerasFiles,
  { classes, size }: KerasOptions,
): { network: Network; topology: KerasTopology } {
  const { variables, modelConfig } = readKerasFile(files.h5);
  const model = modelConfig === undefined ? undefined : parseModelConfig(modelConfig);
  const convolutions = rankConvolutions(variables, epsilonFrom(model));
  const topology = recognise(convolutions.length);
  const anchors = parseAnchors(files.anchors);
  const needed = topologies[topology].heads * 3;
  if (anchors.length !== needed) {
    throw new ImportError(
      'bad-keras',
      `the anchors file holds ${anchors.length} anchors, ${topology} has ${needed}: ` +
        `${topologies[topology].heads} heads of 3`,
    );
  }
  const heads = convolutions.filter(({ normLayer }) => normLayer === undefined);
  const wrong = heads.find(({ filters }) => filters !== 3 * (5 + classes));
  if (wrong !== undefined) {
    const own = wrong.filters / 3 - 5;
    throw new ImportError(
      'bad-keras',
      `the classes file names ${classes} classes, so a head needs 3 × (5 + ${classes}) = ` +
        `${3 * (5 + classes)} filters; ${wrong.layer} has ` +
        `${wrong.filters}${Number.isInteger(own) && own > 0 ? `, which is right for ${own} classes` : ''}`,
    );
  }
  const plan = planKeras(
    topology,
    convolutions.map(({ layer, size: kernelSize, inputChannels, filters, normLayer }) => ({
      layer,
      size: kernelSize,
      inputChannels,
      filters,
      head: normLayer === undefined,
    })),
    { size, anchors, classes },
  );
  if (model !== undefined) assertSameTopology(model, plan, convolutions);
  const indices = plan.layers.flatMap((layer, index) => (layer.kind === 'convolution' ? [index] : []));
  const kernels = new Map(
    convolutions.map(({ layer, stored }, i) => {
      assertNumbers(layer, stored);
      return [indices[i] ?? -1, foldBatchNorm(stored)] as const;
    }),
  );
  return { network: { ...plan, kernels }, topology };
}

function recognise(convolutions: number): KerasTopology {
  if (convolutions === topologies.yolov3.convolutions) return 'yolov3';
  if (convolutions === topologies['yolov3-tiny'].convolutions) return 'yolov3-tiny';
  throw new ImportError(
    'bad-keras',
    `the h5 file holds ${convolutions} convolutions: YOLOv3 has 75 and tiny YOLOv3 13; other Keras networks ` +
      'are not read',
  );
}

function parseAnchors(text: string): [number, number][] {
  const numbers = text
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (numbers.length % 2 !== 0 || numbers.some((value) => !(value > 0 && Number.isFinite(value)))) {
    throw new ImportError(
      'bad-keras',
      'the anchors file must hold pairs of positive numbers on one line: 10,13, 16,30, …',
    );
  }
  const anchors: [number, number][] = [];
  for (let i = 0; i < numbers.length; i += 2) anchors.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
  return anchors;
}
