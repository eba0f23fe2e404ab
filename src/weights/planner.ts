import { ImportError } from './importError.js';
import {
  type Activation,
  type Convolution,
  type Head,
  INPUT,
  type Layer,
  type MapShape,
  type Plan,
  type Source,
} from './network.js';

/** What a cfg or a Keras file says about a convolution; its place and input follow from the plan. */
export interface ConvolutionOptions extends Omit<
  Convolution,
  'kind' | 'origin' | 'shape' | 'source' | 'inputChannels'
> {
  readonly filters: number;
}

/**
 * Builds a plan layer by layer. Every method adds one layer, computes its shape and returns its index. A layer that
 * doesn't fit throws ImportError `bad-cfg` with its name.
 */
export class Planner {
  readonly #layers: Layer[] = [];
  readonly #heads: Head[] = [];

  readonly #input: MapShape;

  constructor(input: MapShape) {
    this.#input = input;
  }

  plan(): Plan {
    return { input: this.#input, layers: this.#layers, heads: this.#heads };
  }

  shapeOf(source: Source): MapShape {
    const shape = source === INPUT ? this.#input : this.#layers[source]?.shape;
    if (shape === undefined) throw new Error(`no layer ${source} in the plan`);
    return shape;
  }

  convolution(origin: string, source: Source, options: ConvolutionOptions): Source {
    const from = this.shapeOf(source);
    const { filters, size, groups, pads, dilation } = options;
    for (const [what, value] of Object.entries({
      filters,
      size,
      groups,
      dilation,
      'stride x': options.strideX,
      'stride y': options.strideY,
    })) {
      if (value < 1) throw new ImportError('bad-cfg', `${origin}: ${what} is ${value}`);
    }
    if (from.channels % groups !== 0 || filters % groups !== 0) {
      throw new ImportError(
        'bad-cfg',
        `${origin}: ${groups} groups do not divide ${from.channels} input channels and ${filters} filters`,
      );
    }
    const reach = dilation * (size - 1) + 1;
    const shape = this.#sized(origin, {
      channels: filters,
      height: Math.floor((from.height + pads.top + pads.bottom - reach) / options.strideY) + 1,
      width: Math.floor((from.width + pads.left + pads.right - reach) / options.strideX) + 1,
    });
    const { strideX, strideY, batchNormalised, activation } = options;
    return this.#add({
      kind: 'convolution',
      origin,
      shape,
      source,
      inputChannels: from.channels,
      size,
      strideX,
      strideY,
      pads,
      dilation,
      groups,
      batchNormalised,
      activation,
    });
  }

  /**
   * darknet's pooling: `padding` in all, its smaller half above and left, and out = floor((in + padding − size) /
   * stride) + 1. Below and right, only as much of it is kept as windows reach.
   */
  maxpool(
    origin: string,
    source: Source,
    options: { size: number; strideX: number; strideY: number; padding: number },
  ): Source {
    const from = this.shapeOf(source);
    const { size, strideX, strideY, padding } = options;
    if (size < 1 || strideX < 1 || strideY < 1 || padding < 0)
      throw new ImportError('bad-cfg', `${origin}: size ${size}, stride ${strideX} × ${strideY}, padding ${padding}`);
    const first = Math.floor(padding / 2);
    const shape = this.#sized(origin, {
      channels: from.channels,
      height: Math.floor((from.height + padding - size) / strideY) + 1,
      width: Math.floor((from.width + padding - size) / strideX) + 1,
    });
    const pads = {
      top: first,
      left: first,
      bottom: Math.max(0, (shape.height - 1) * strideY + size - from.height - first),
      right: Math.max(0, (shape.width - 1) * strideX + size - from.width - first),
    };
    if (Math.max(...Object.values(pads)) >= size) {
      throw new ImportError(
        'unsupported',
        `${origin}: with padding ${padding} some windows of size ${size} would lie wholly outside the map`,
      );
    }
    return this.#add({ kind: 'maxpool', origin, shape, source, size, strideX, strideY, pads });
  }

  average(origin: string, source: Source): Source {
    const { channels } = this.shapeOf(source);
    return this.#add({ kind: 'average', origin, shape: { channels, height: 1, width: 1 }, source });
  }

  upsample(origin: string, source: Source, factor: number, scale: number): Source {
    if (factor < 1) throw new ImportError('unsupported', `${origin}: stride ${factor} makes the map smaller`);
    const { channels, height, width } = this.shapeOf(source);
    return this.#add({
      kind: 'upsample',
      origin,
      shape: { channels, height: height * factor, width: width * factor },
      source,
      factor,
      scale,
    });
  }

  /** The `part`th of `parts` equal slices of each source's channels. */
  concatenation(origin: string, sources: readonly Source[], slice = { parts: 1, part: 0 }): Source {
    const shapes = sources.map((source) => this.shapeOf(source));
    const [first] = shapes;
    if (first === undefined) throw new ImportError('bad-cfg', `${origin}: no layers to take from`);
    if (shapes.some(({ height, width }) => height !== first.height || width !== first.width)) {
      throw new ImportError(
        'bad-cfg',
        `${origin}: maps of different sizes can't be joined: ${shapes.map(sizeText).join(', ')}${this.#sizeHint()}`,
      );
    }
    if (
      slice.parts < 1 ||
      slice.part < 0 ||
      slice.part >= slice.parts ||
      shapes.some(({ channels }) => channels % slice.parts !== 0)
    ) {
      throw new ImportError(
        'bad-cfg',
        `${origin}: group_id ${slice.part} of ${slice.parts} groups does not cut ${shapes.map(sizeText).join(', ')}`,
      );
    }
    const parts = sources.map((source, i) => {
      const width = (shapes[i]?.channels ?? 0) / slice.parts;
      return { source, from: width * slice.part, to: width * (slice.part + 1) };
    });
    const channels = parts.reduce((sum, { from, to }) => sum + to - from, 0);
    return this.#add({ kind: 'concatenation', origin, shape: { ...first, channels }, parts });
  }

  addition(origin: string, sources: readonly Source[], activation: Activation): Source {
    const shapes = sources.map((source) => this.shapeOf(source));
    const [first] = shapes;
    if (first === undefined) throw new ImportError('bad-cfg', `${origin}: nothing to add`);
    const other = shapes.find((shape) => sizeText(shape) !== sizeText(first));
    if (other !== undefined) {
      throw new ImportError(
        'unsupported',
        `${origin}: adds maps of different shapes, ${sizeText(first)} and ${sizeText(other)}${this.#sizeHint()}`,
      );
    }
    return this.#add({ kind: 'addition', origin, shape: first, sources, activation });
  }

  scaling(origin: string, map: Source, factor: Source, activation: Activation): Source {
    const shape = this.shapeOf(map);
    const factorShape = this.shapeOf(factor);
    if (factorShape.width !== 1 || factorShape.height !== 1 || factorShape.channels !== shape.channels) {
      throw new ImportError(
        'bad-cfg',
        `${origin}: a factor of ${sizeText(factorShape)} can't scale the channels of ${sizeText(shape)}`,
      );
    }
    return this.#add({ kind: 'scaling', origin, shape, map, factor, activation });
  }

  head(origin: string, source: Source, head: Omit<Head, 'origin' | 'source' | 'shape'>): void {
    const shape = this.shapeOf(source);
    const expected = head.anchors.length * (5 + head.classes);
    if (shape.channels !== expected) {
      throw new ImportError(
        'bad-cfg',
        `${origin}: ${head.anchors.length} anchors and ${head.classes} classes need ${expected} channels = ` +
          `${head.anchors.length} × (5 + ${head.classes}), the layer before has ${shape.channels}`,
      );
    }
    this.#heads.push({ ...head, origin, source, shape });
  }

  /** A network that halves a film five times and scales it up again needs a multiple of 32 for its maps to match. */
  #sizeHint(): string {
    const { width, height } = this.#input;
    return width % 32 === 0 && height % 32 === 0
      ? ''
      : `; the input is ${width} × ${height}: choose a width and height that are multiples of 32`;
  }

  #add(layer: Layer): Source {
    return this.#layers.push(layer) - 1;
  }

  #sized(origin: string, shape: MapShape): MapShape {
    if (shape.height < 1 || shape.width < 1)
      throw new ImportError('bad-cfg', `${origin}: nothing is left of the map (${sizeText(shape)})`);
    return shape;
  }
}

/** channels × height × width */
function sizeText({ channels, height, width }: MapShape): string {
  return `${channels} × ${height} × ${width}`;
}
