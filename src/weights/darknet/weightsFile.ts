import { assertNumbers, type StoredConvolution } from '../batchNorm.js';
import { isHdf5, refuseLookalikes } from '../fileKind.js';
import { ImportError } from '../importError.js';
import { type Convolution, type Plan, kernelLength } from '../network.js';

/** OpenCV's and the references' epsilon, √(σ² + ε); darknet's own forks write √(σ² + 1e-5) and √σ² + 1e-6. */
export const DARKNET_EPSILON = 1e-6;

/**
 * Reads darknet `.weights` along a plan: for every convolution β, γ, μ, σ² and the kernel, or bias and kernel (darknet,
 * src/parser.c, load_convolutional_weights). Only a file of exactly the right length is accepted.
 *
 * @returns by layer index, one for each convolution
 * @throws ImportError `wrong-file`, `wrong-length` (with the layer at which the file ends), `bad-numbers`
 */
export function readDarknetWeights(bytes: Uint8Array, plan: Plan): Map<number, StoredConvolution> {
  refuseLookalikes(bytes, 'the weights file');
  if (isHdf5(bytes))
    throw new ImportError(
      'wrong-file',
      'the weights file is HDF5 (Keras .h5), not darknet .weights: import it with --h5',
    );
  const start = headerLength(bytes);
  assertLength(bytes.length - start, plan);
  // Copied: a view of 32-bit floats needs an offset divisible by four and the machine's byte order.
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  let position = 0;
  const take = (count: number): Float32Array => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = view.getFloat32(4 * (position + i), true);
    position += count;
    return values;
  };
  const stored = new Map<number, StoredConvolution>();
  for (const [index, layer] of convolutionsOf(plan)) {
    const filters = layer.shape.channels;
    const beta = take(filters);
    const norm = layer.batchNormalised
      ? { beta, gamma: take(filters), mean: take(filters), variance: take(filters), epsilon: DARKNET_EPSILON }
      : undefined;
    const kernel = take(kernelLength(layer));
    const convolution = norm === undefined ? { kernel, bias: beta } : { kernel, norm };
    assertNumbers(layer.origin, convolution);
    stored.set(index, convolution);
  }
  return stored;
}

/**
 * Bytes before the first float: major, minor, revision as int32, then the number of images seen: 64 bits from version
 * 0.2 on, 32 before.
 */
function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 16) {
    throw new ImportError(
      'wrong-length',
      `the weights file has ${bytes.length} bytes and ends inside its header (16 or 20 bytes)`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = view.getInt32(0, true);
  const minor = view.getInt32(4, true);
  const revision = view.getInt32(8, true);
  if (major < 0 || minor < 0 || major > 0x10000 || minor > 0x10000) {
    throw new ImportError(
      'wrong-file',
      `the weights file does not start with a darknet header (version ${major}.${minor}.${revision}): it is ` +
        'something else, or damaged',
    );
  }
  if (major > 1000 || minor > 1000) {
    throw new ImportError(
      'wrong-file',
      `the weights file has the header of a very old darknet (version ${major}.${minor}) that stored its ` +
        'matrices transposed: not supported',
    );
  }
  return major * 10 + minor >= 2 ? 20 : 16;
}

function assertLength(bytesLeft: number, plan: Plan): void {
  const convolutions = convolutionsOf(plan);
  const expected = convolutions.reduce((sum, [, layer]) => sum + storedLength(layer), 0);
  const floats = Math.floor(bytesLeft / 4);
  const cut =
    bytesLeft % 4 === 0
      ? ''
      : `; it ends inside a number (${bytesLeft % 4} bytes over), so it was cut, or is not a weights file`;
  if (floats < expected) {
    throw new ImportError(
      'wrong-length',
      `the weights file is too short: ${endsAt(floats, convolutions)}; ${floats} of ${expected} floats are ` +
        `there${cut}${classHint(floats, expected, plan)}`,
    );
  }
  if (floats > expected || cut !== '') {
    throw new ImportError(
      'wrong-length',
      `the weights file is too long for the cfg: ${floats - expected} floats are left after the last convolution ` +
        `(${floats} in the file, ${expected} in the cfg)${cut}` +
        (classHint(floats, expected, plan) || ': it usually means another cfg, or one with another class count'),
    );
  }
}

/** Where the file ends, and what that usually means. */
function endsAt(floats: number, convolutions: readonly (readonly [number, Convolution])[]): string {
  let position = 0;
  for (const [, layer] of convolutions) {
    const length = storedLength(layer);
    if (floats <= position) {
      return (
        `it ends before ${layer.origin}, with all layers above it whole: a backbone (\`.conv.N\`, made by ` +
        'darknet partial) or another cfg'
      );
    }
    if (floats < position + length) {
      return (
        `it ends in ${layer.origin}, which needs ${length} floats and finds ${floats - position}: cut in ` +
        'transfer, or another cfg'
      );
    }
    position += length;
  }
  throw new Error('endsAt is for files that are too short');
}

/** The class count that would fit the length, if there is one. */
function classHint(floats: number, expected: number, plan: Plan): string {
  const perClass = plan.heads.reduce((sum, head) => {
    const layer = plan.layers[head.source];
    if (layer?.kind !== 'convolution') return Number.NaN;
    return sum + head.anchors.length * (storedLength(layer) / layer.shape.channels);
  }, 0);
  const more = (floats - expected) / perClass;
  const classes = (plan.heads[0]?.classes ?? 0) + more;
  return Number.isInteger(more) && more !== 0 && classes >= 1
    ? `; with classes=${classes} in its [yolo] sections (and the filters before them) the cfg would fit the ` +
        'file exactly'
    : '';
}

function storedLength(layer: Convolution): number {
  return layer.shape.channels * (layer.batchNormalised ? 4 : 1) + kernelLength(layer);
}

function convolutionsOf(plan: Plan): (readonly [number, Convolution])[] {
  return plan.layers.flatMap((layer, index) => (layer.kind === 'convolution' ? [[index, layer] as const] : []));
}
