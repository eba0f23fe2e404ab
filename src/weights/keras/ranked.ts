import type { BatchNorm, StoredConvolution } from '../batchNorm.js';
import { ImportError } from '../importError.js';
import type { KerasVariable } from './h5File.js';

/** A convolution of the file, with what identifies the topology. */
export interface KerasConvolution {
  /** Name of the layer, e.g. `conv2d_59`. */
  readonly layer: string;
  readonly size: number;
  readonly inputChannels: number;
  readonly filters: number;
  readonly stored: StoredConvolution;
  /** Name of its batch normalisation; undefined for a head. */
  readonly normLayer: string | undefined;
}

/** keras-yolo3 keeps Keras's default; converters from darknet copied the numbers without compensating. */
export const KERAS_EPSILON = 1e-3;

/**
 * The convolutions in the order in which the model was built, each with its batch normalisation. Keras numbers layers
 * of a kind as they are made but writes them in another order, so the numbers at the end of the names give the order;
 * only their rank counts (a session's second model starts at `conv2d_76`). A convolution with a bias is a head and has
 * no batch normalisation; the n-th of the others belongs to the n-th batch normalisation.
 */
export function rankConvolutions(
  variables: readonly KerasVariable[],
  epsilonOf: (normLayer: string) => number,
): KerasConvolution[] {
  const layers = new Map<string, Map<string, KerasVariable>>();
  for (const variable of variables) {
    const layer = layers.get(variable.layer) ?? new Map<string, KerasVariable>();
    if (layer.has(variable.name))
      throw new ImportError(
        'bad-keras',
        `the h5 file has two arrays ${variable.layer}/${variable.name}: are two models in it?`,
      );
    layers.set(variable.layer, layer.set(variable.name, variable));
  }
  const convolutions = ranked(layers, (arrays) => arrays.has('kernel'), 'convolution');
  const norms = ranked(layers, (arrays) => arrays.has('gamma') || arrays.has('moving_mean'), 'batch normalisation');
  const rest = [...layers].find(
    ([, arrays]) => !arrays.has('kernel') && !arrays.has('gamma') && !arrays.has('moving_mean'),
  );
  if (rest !== undefined)
    throw new ImportError(
      'bad-keras',
      `${rest[0]} is neither a convolution nor a batch normalisation (${[...rest[1].keys()].join(', ')})`,
    );
  const plain = convolutions.filter(([, arrays]) => !arrays.has('bias')).length;
  if (plain !== norms.length) {
    throw new ImportError(
      'bad-keras',
      `${plain} convolutions without bias and ${norms.length} batch normalisations can't be paired: this is ` +
        'not a network of keras-yolo3',
    );
  }
  const nextNorm = norms[Symbol.iterator]();
  return convolutions.map(([layer, arrays]) =>
    readConvolution(layer, arrays, arrays.has('bias') ? undefined : nextNorm.next().value, epsilonOf),
  );
}

type Arrays = ReadonlyMap<string, KerasVariable>;

function ranked(
  layers: ReadonlyMap<string, Arrays>,
  belongs: (arrays: Arrays) => boolean,
  kind: string,
): [string, Arrays][] {
  const found = [...layers].filter(([, arrays]) => belongs(arrays));
  const numbers = found.map(([name]) => suffix(name));
  const twice = numbers.findIndex((number, i) => numbers.indexOf(number) !== i);
  if (twice >= 0)
    throw new ImportError(
      'bad-keras',
      `two layers of kind ${kind} have the number ${numbers[twice] ?? 0} (${found[twice]?.[0] ?? ''}): their ` +
        `order can't be known`,
    );
  return found.sort(([a], [b]) => suffix(a) - suffix(b));
}

/** tf.keras calls the first layer of a kind `conv2d`, without a number. */
function suffix(name: string): number {
  return Number(/_(\d+)$/.exec(name)?.[1] ?? 0);
}

function readConvolution(
  layer: string,
  arrays: Arrays,
  norm: [string, Arrays] | undefined,
  epsilonOf: (normLayer: string) => number,
): KerasConvolution {
  const kernel = arrays.get('kernel');
  const [height, width, inputChannels, filters] = kernel?.shape ?? [];
  if (
    kernel === undefined ||
    kernel.shape.length !== 4 ||
    height === undefined ||
    height !== width ||
    inputChannels === undefined ||
    filters === undefined
  ) {
    throw new ImportError(
      'bad-keras',
      `${layer}: a kernel of shape ${kernel?.shape.join(' × ') ?? ''} is not that of a square convolution`,
    );
  }
  const sized = (from: Arrays, owner: string, name: string): Float32Array => {
    const values = from.get(name)?.values;
    if (values?.length !== filters)
      throw new ImportError(
        'bad-keras',
        `${owner}/${name} holds ${values?.length ?? 0} numbers, but ${layer} has ${filters} filters`,
      );
    return values;
  };
  const weights = toFilterFirst(kernel.values, height * width, inputChannels, filters);
  if (norm === undefined) {
    return {
      layer,
      size: height,
      inputChannels,
      filters,
      stored: { kernel: weights, bias: sized(arrays, layer, 'bias') },
      normLayer: undefined,
    };
  }
  const [normLayer, of] = norm;
  const read: BatchNorm = {
    gamma: sized(of, normLayer, 'gamma'),
    beta: sized(of, normLayer, 'beta'),
    mean: sized(of, normLayer, 'moving_mean'),
    variance: sized(of, normLayer, 'moving_variance'),
    epsilon: epsilonOf(normLayer),
  };
  return { layer, size: height, inputChannels, filters, stored: { kernel: weights, norm: read }, normLayer };
}

/** From height·width × in × out, as Keras stores kernels, to out × in × height·width. */
function toFilterFirst(values: Float32Array, area: number, inputs: number, filters: number): Float32Array {
  const turned = new Float32Array(values.length);
  let next = 0;
  for (let cell = 0; cell < area; cell++) {
    for (let input = 0; input < inputs; input++) {
      for (let filter = 0; filter < filters; filter++) {
        turned[(filter * inputs + input) * area + cell] = values[next++] ?? Number.NaN;
      }
    }
  }
  return turned;
}
