import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ImportError } from '../importError.js';
import { INPUT, type Plan } from '../network.js';
import { inKeras2Form } from './keras3Config.js';
import { KERAS_EPSILON, type KerasConvolution } from './ranked.js';

const Pair = Type.Tuple([Type.Integer(), Type.Integer()]);
const LayerSettings = Type.Object({
  kernel_size: Type.Optional(Pair),
  strides: Type.Optional(Type.Union([Pair, Type.Null()])),
  pool_size: Type.Optional(Pair),
  size: Type.Optional(Pair),
  padding: Type.Optional(Type.Union([Type.String(), Type.Tuple([Pair, Pair])])),
  dilation_rate: Type.Optional(Pair),
  groups: Type.Optional(Type.Integer()),
  data_format: Type.Optional(Type.String()),
  activation: Type.Optional(Type.Unknown()),
  interpolation: Type.Optional(Type.String()),
  axis: Type.Optional(Type.Unknown()),
  alpha: Type.Optional(Type.Unknown()),
  epsilon: Type.Optional(Type.Number()),
});
const ConfigLayer = Type.Object({
  class_name: Type.String(),
  name: Type.String(),
  config: LayerSettings,
  inbound_nodes: Type.Array(
    Type.Array(Type.Unsafe<readonly [string, ...unknown[]]>(Type.Array(Type.Unknown(), { minItems: 1 }))),
  ),
});
const ModelConfigSchema = Type.Object({ config: Type.Object({ layers: Type.Array(ConfigLayer) }) });
const validator = Compile(ModelConfigSchema);

export type ModelConfig = Static<typeof ModelConfigSchema>;
type ConfigLayer = Static<typeof ConfigLayer>;

/**
 * The `model_config` of a full-model file from Keras 2 or 3.
 *
 * @throws ImportError `bad-keras`
 */
export function parseModelConfig(written: unknown): ModelConfig {
  const value = inKeras2Form(written);
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    throw new ImportError(
      'bad-keras',
      `model_config is not that of a functional Keras model (${first?.instancePath ?? ''} ${first?.message ?? ''})`,
    );
  }
  return value;
}

/** Epsilon of each batch normalisation, if the file gives it. */
export function epsilonFrom(model: ModelConfig | undefined): (normLayer: string) => number {
  return (normLayer) => model?.config.layers.find(({ name }) => name === normLayer)?.config.epsilon ?? KERAS_EPSILON;
}

/**
 * Compares the layers and wiring stated in the file with the plan, convolution by convolution: both become expressions
 * of the same kind, with shared parts written once, and must be equal. Throws ImportError `bad-keras` naming the first
 * convolution that is elsewhere.
 */
export function assertSameTopology(model: ModelConfig, plan: Plan, convolutions: readonly KerasConvolution[]): void {
  const expressions = new Expressions();
  const planned = plannedExpressions(plan, convolutions, expressions);
  const stated = new StatedExpressions(model, expressions);
  for (const { layer } of convolutions) {
    if (stated.of(layer) !== planned.get(layer)) {
      throw new ImportError(
        'bad-keras',
        `model_config connects ${layer} differently from keras-yolo3: its heads can't be taken for those ` +
          'of a YOLOv3',
      );
    }
  }
}

/** Numbers expressions: equal ones get equal numbers. */
class Expressions {
  readonly #numbers = new Map<string, number>();

  number(operation: string, operands: readonly number[]): number {
    const text = `${operation}(${operands.join()})`;
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

function plannedExpressions(
  plan: Plan,
  convolutions: readonly KerasConvolution[],
  expressions: Expressions,
): Map<string, number> {
  const byName = new Map<string, number>();
  const outputs: number[] = [];
  const of = (source: number): number => (source === INPUT ? expressions.number('input', []) : (outputs[source] ?? -1));
  let next = 0;
  for (const layer of plan.layers) {
    switch (layer.kind) {
      case 'convolution': {
        const convolution = convolutions[next++];
        if (convolution === undefined) throw new Error('the plan has as many convolutions as the file');
        const { pads } = layer;
        const shape = [layer.size, layer.strideY, layer.strideX, pads.top, pads.left, pads.bottom, pads.right];
        const number = expressions.number(`conv ${convolution.layer} ${shape.join()}`, [of(layer.source)]);
        byName.set(convolution.layer, number);
        const { normLayer } = convolution;
        outputs.push(
          normLayer === undefined
            ? number
            : expressions.number('leaky', [expressions.number(`norm ${normLayer}`, [number])]),
        );
        break;
      }
      case 'maxpool':
        outputs.push(expressions.number(`pool ${[layer.size, layer.strideY].join()}`, [of(layer.source)]));
        break;
      case 'upsample':
        outputs.push(expressions.number(`upsample ${layer.factor}`, [of(layer.source)]));
        break;
      case 'concatenation':
        outputs.push(
          expressions.number(
            'join',
            layer.parts.map(({ source }) => of(source)),
          ),
        );
        break;
      case 'addition':
        outputs.push(
          expressions.number(
            'add',
            layer.sources.map(of).sort((a, b) => a - b),
          ),
        );
        break;
      default:
        throw new Error(`no keras-yolo3 plan has a layer of kind ${layer.kind}`);
    }
  }
  return byName;
}

/**
 * The same expressions from model_config; a layer that keras-yolo3 doesn't have is its own expression, equal to
 * nothing.
 */
class StatedExpressions {
  readonly #layers: ReadonlyMap<string, ConfigLayer>;
  readonly #known = new Map<string, number>();

  readonly #expressions: Expressions;

  constructor(model: ModelConfig, expressions: Expressions) {
    this.#expressions = expressions;
    this.#layers = new Map(model.config.layers.map((layer) => [layer.name, layer]));
  }

  of(name: string): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const layer = this.#layers.get(name);
    // Entered before following its operands, so that a cyclic config ends.
    this.#known.set(name, -1);
    const number = layer === undefined ? -1 : this.#express(layer);
    this.#known.set(name, number);
    return number;
  }

  #express(layer: ConfigLayer): number {
    const { config, class_name: kind } = layer;
    const operands = sourcesOf(layer);
    const one = (operation: string): number =>
      this.#expressions.number(
        operation,
        operands.map((name) => this.of(name)),
      );
    switch (kind) {
      case 'InputLayer':
        return this.#expressions.number('input', []);
      case 'Conv2D':
        return this.#convolution(layer);
      case 'BatchNormalization':
        return one(`norm ${layer.name}`);
      case 'LeakyReLU':
        return typeof config.alpha === 'number' && Math.abs(config.alpha - 0.1) < 1e-6
          ? one('leaky')
          : one(`alpha ${String(config.alpha)}`);
      case 'MaxPooling2D': {
        const [height = 0, width = 0] = config.pool_size ?? [];
        const [strideY = 0, strideX = 0] = config.strides ?? [];
        return config.padding === 'same' && height === width && strideY === strideX
          ? one(`pool ${[height, strideY].join()}`)
          : one(`${kind} ${layer.name}`);
      }
      case 'UpSampling2D': {
        const [height = 0, width = 0] = config.size ?? [];
        return height === width && (config.interpolation ?? 'nearest') === 'nearest'
          ? one(`upsample ${height}`)
          : one(`${kind} ${layer.name}`);
      }
      case 'Concatenate':
        return config.axis === -1 || config.axis === 3 ? one('join') : one(`${kind} ${layer.name}`);
      case 'Add':
        return this.#expressions.number(
          'add',
          operands.map((name) => this.of(name)).sort((a, b) => a - b),
        );
      case 'Activation': {
        const [only] = operands;
        return config.activation === 'linear' && only !== undefined ? this.of(only) : one(`${kind} ${layer.name}`);
      }
      default:
        return one(`${kind} ${layer.name}`);
    }
  }

  #convolution(layer: ConfigLayer): number {
    const { config } = layer;
    const [only = ''] = sourcesOf(layer);
    const before = this.#layers.get(only);
    const padded = before?.class_name === 'ZeroPadding2D' && config.padding === 'valid' ? before : undefined;
    const [size = 0, width = 0] = config.kernel_size ?? [];
    const [strideY = 0, strideX = 0] = config.strides ?? [];
    const same = (size - 1) / 2;
    const pads =
      padded === undefined
        ? config.padding === 'same' && strideY === 1
          ? [same, same, same, same]
          : [0, 0, 0, 0]
        : zeroPads(padded);
    const plain =
      size === width &&
      strideY === strideX &&
      (config.activation ?? 'linear') === 'linear' &&
      (config.groups ?? 1) === 1 &&
      (config.dilation_rate ?? [1, 1]).every((rate) => rate === 1) &&
      (config.data_format ?? 'channels_last') === 'channels_last' &&
      (config.padding === 'valid' || strideY === 1);
    const source = padded === undefined ? only : (sourcesOf(padded)[0] ?? '');
    return this.#expressions.number(
      `${plain ? 'conv' : 'Conv2D'} ${layer.name} ${[size, strideY, strideX, ...pads].join()}`,
      [this.of(source)],
    );
  }
}

function sourcesOf(layer: ConfigLayer): string[] {
  return (layer.inbound_nodes[0] ?? []).map(([name]) => name);
}

/** Top, left, bottom, right of a ZeroPadding2D. */
function zeroPads({ config: { padding } }: ConfigLayer): number[] {
  if (padding === undefined || typeof padding === 'string') return [];
  const [[top, bottom], [left, right]] = padding;
  return [top, left, bottom, right];
}
