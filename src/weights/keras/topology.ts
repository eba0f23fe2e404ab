import { ImportError } from '../importError.js';
import { INPUT, type Plan, type Source } from '../network.js';
import { Planner } from '../planner.js';

/** What keras-yolo3 (yolo3/model.py) builds, recognised by its number of convolutions. */
export type KerasTopology = 'yolov3' | 'yolov3-tiny';

export const topologies: Readonly<
  Record<
    KerasTopology,
    { readonly convolutions: number; readonly heads: number; readonly masks: readonly (readonly number[])[] }
  >
> = {
  yolov3: {
    convolutions: 75,
    heads: 3,
    masks: [
      [6, 7, 8],
      [3, 4, 5],
      [0, 1, 2],
    ],
  },
  // 1, 2, 3 in the second head, as in keras-yolo3; darknet's current yolov3-tiny.cfg has 0, 1, 2.
  'yolov3-tiny': {
    convolutions: 13,
    heads: 2,
    masks: [
      [3, 4, 5],
      [1, 2, 3],
    ],
  },
};

/** What the plan expects of the next convolution, and what the file has there. */
export interface KernelShape {
  readonly layer: string;
  readonly size: number;
  readonly inputChannels: number;
  readonly filters: number;
  readonly head: boolean;
}

export interface KerasPlanOptions {
  readonly size: { readonly width: number; readonly height: number };
  readonly anchors: readonly (readonly [number, number])[];
  readonly classes: number;
}

/**
 * Plans a keras-yolo3 model: its structure from yolo3/model.py, its widths from the kernels, so that slim ones are
 * read, too. The plan's convolutions are in the order of `kernels`.
 */
export function planKeras(topology: KerasTopology, kernels: readonly KernelShape[], options: KerasPlanOptions): Plan {
  const builder = new Builder(kernels, options, topologies[topology].masks);
  if (topology === 'yolov3') layYolov3(builder);
  else layYolov3Tiny(builder);
  return builder.planner.plan();
}

/** darknet_body, make_last_layers and yolo_body of yolo3/model.py */
function layYolov3(b: Builder): void {
  let x = b.convolution(INPUT, 3);
  const ends: Source[] = [];
  for (const blocks of [1, 2, 8, 8, 4]) {
    x = b.downsample(x);
    for (let block = 0; block < blocks; block++) x = b.add(x, b.convolution(b.convolution(x, 1), 3));
    ends.push(x);
  }
  const [, , stride8 = INPUT, stride16 = INPUT] = ends;
  x = lastLayers(b, x);
  x = lastLayers(b, b.join(b.upsample(b.convolution(x, 1)), stride16));
  lastLayers(b, b.join(b.upsample(b.convolution(x, 1)), stride8));
}

/** Five convolutions, which the next scale continues from, and a head. */
function lastLayers(b: Builder, source: Source): Source {
  let x = source;
  for (const size of [1, 3, 1, 3, 1]) x = b.convolution(x, size);
  b.head(b.convolution(x, 3));
  return x;
}

/** tiny_yolo_body of yolo3/model.py */
function layYolov3Tiny(b: Builder): void {
  let x = b.convolution(INPUT, 3);
  for (let i = 0; i < 4; i++) x = b.convolution(b.pool(x, 2), 3);
  const stride16 = x;
  x = b.convolution(b.pool(x, 2), 3);
  x = b.convolution(b.convolution(b.pool(x, 1), 3), 1);
  b.head(b.convolution(x, 3));
  b.head(b.convolution(b.join(b.upsample(b.convolution(x, 1)), stride16), 3));
}

class Builder {
  readonly planner: Planner;
  #next = 0;
  #heads = 0;

  readonly #kernels: readonly KernelShape[];
  readonly #options: KerasPlanOptions;
  readonly #masks: readonly (readonly number[])[];

  constructor(kernels: readonly KernelShape[], options: KerasPlanOptions, masks: readonly (readonly number[])[]) {
    this.#kernels = kernels;
    this.#options = options;
    this.#masks = masks;
    const [first] = kernels;
    this.planner = new Planner({ channels: first?.inputChannels ?? 0, ...options.size });
  }

  convolution(source: Source, size: number): Source {
    return this.#take(source, size, { head: false, stride: 1 });
  }

  /** ZeroPadding2D(((1, 0), (1, 0))) and `valid`: above and left only, while darknet pads all round. */
  downsample(source: Source): Source {
    return this.#take(source, 3, { head: false, stride: 2 });
  }

  head(source: Source): void {
    const { anchors, classes } = this.#options;
    const mask = this.#masks[this.#heads++] ?? [];
    const output = this.#take(source, 1, { head: true, stride: 1 });
    const own = mask.flatMap((index) => anchors.slice(index, index + 1));
    this.planner.head(`head ${this.#heads - 1}`, output, { anchors: own, classes, scaleXY: 1, box: 'exp' });
  }

  add(a: Source, b: Source): Source {
    return this.planner.addition('Add', [a, b], 'linear');
  }

  /** UpSampling2D(2) comes first in the Concatenate. */
  join(a: Source, b: Source): Source {
    return this.planner.concatenation('Concatenate', [a, b]);
  }

  upsample(source: Source): Source {
    return this.planner.upsample('UpSampling2D', source, 2, 1);
  }

  /** MaxPooling2D of size 2 with padding `same`: the padding is below and right. */
  pool(source: Source, stride: 1 | 2): Source {
    return this.planner.maxpool('MaxPooling2D', source, { size: 2, strideX: stride, strideY: stride, padding: 1 });
  }

  #take(source: Source, size: number, { head, stride }: { head: boolean; stride: 1 | 2 }): Source {
    const kernel = this.#kernels[this.#next++];
    if (kernel === undefined) throw new Error('the topology was chosen by the number of convolutions');
    const expected = { size, inputChannels: this.planner.shapeOf(source).channels, head };
    if (kernel.size !== size || kernel.inputChannels !== expected.inputChannels || kernel.head !== head) {
      throw new ImportError(
        'bad-keras',
        `${kernel.layer} is ${shapeText(kernel)} where keras-yolo3 has ` +
          `${shapeText({ ...expected, filters: kernel.filters })}: this is another network`,
      );
    }
    const same = (size - 1) / 2;
    const pads =
      stride === 2 ? { top: 1, left: 1, bottom: 0, right: 0 } : { top: same, left: same, bottom: same, right: same };
    return this.planner.convolution(kernel.layer, source, {
      filters: kernel.filters,
      size,
      strideX: stride,
      strideY: stride,
      pads,
      dilation: 1,
      groups: 1,
      batchNormalised: !head,
      activation: head ? 'linear' : 'leaky',
    });
  }
}

function shapeText({ size, inputChannels, filters, head }: Omit<KernelShape, 'layer'>): string {
  return `${size} × ${size}, ${inputChannels} → ${filters}${head ? ', with a bias (a head)' : ''}`;
}
