import { UnsupportedOnnx } from './unsupportedOnnx.js';
import { type ConvolutionOptions, convolution } from './convolution.js';
import { each, pairwise, sigmoid, softplus } from './elementwise.js';
import type { NodeReader } from './nodeReader.js';
import { globalAverage, maxPool } from './pooling.js';
import { concat, resize, slice } from './rearranging.js';
import type { Tensor } from './tensor.js';
import { isPair, isSides } from './windows.js';

/** Reads the attributes of a node, refuses what it does not know, and returns what is left to do with the inputs. */
export type Operator = (node: NodeReader) => Step;

/** Takes the inputs in the order of the file; undefined where one is left out. */
export type Step = (...inputs: readonly (Tensor | undefined)[]) => Tensor;

/** Every operator that `writeOnnx` writes, by name. Defaults are those of https://onnx.ai/onnx/operators/ */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['Conv', conv],
  ['MaxPool', pool],
  ['GlobalAveragePool', unary(globalAverage)],
  ['Resize', upsample],
  ['Concat', join],
  ['Slice', cut],
  ['Add', binary((x, y) => x + y)],
  ['Mul', binary((x, y) => x * y)],
  ['Clip', clip],
  ['LeakyRelu', leaky],
  ['Relu', unary((map) => each(map, (x) => (x < 0 ? 0 : x)))],
  ['Sigmoid', unary((map) => each(map, sigmoid))],
  ['Softplus', unary((map) => each(map, softplus))],
  ['Tanh', unary((map) => each(map, Math.tanh))],
  ['Identity', unary((tensor) => tensor)],
  ['Cast', cast],
]);

function unary(run: (tensor: Tensor) => Tensor): Operator {
  return (node) => {
    node.inputs(1);
    return (tensor) => run(given(tensor));
  };
}

function binary(formula: (x: number, y: number) => number): Operator {
  return (node) => {
    node.inputs(2);
    return (a, b) => pairwise(given(a), given(b), formula);
  };
}

function conv(node: NodeReader): Step {
  node.inputs(2, 3);
  // That of the kernel itself.
  node.ignore('kernel_shape');
  node.only('auto_pad', 'NOTSET');
  const options = {
    ...windows(node),
    dilations: node.numbers('dilations', isPair, [1, 1]),
    groups: node.number('group', 1),
  };
  return (map, kernel, bias) => convolution(given(map), given(kernel), bias, options);
}

function pool(node: NodeReader): Step {
  node.inputs(1);
  node.only('auto_pad', 'NOTSET');
  node.only('ceil_mode', 0);
  node.only('dilations', [1, 1]);
  // The order of indices, a second output that is not known here.
  node.ignore('storage_order');
  const options = { ...windows(node), size: node.numbers('kernel_shape', isPair) };
  return (map) => maxPool(given(map), options);
}

function windows(node: NodeReader): Pick<ConvolutionOptions, 'strides' | 'pads'> {
  return { strides: node.numbers('strides', isPair, [1, 1]), pads: node.numbers('pads', isSides, [0, 0, 0, 0]) };
}

function upsample(node: NodeReader): Step {
  node.inputs(3);
  node.only('mode', 'nearest');
  node.only('coordinate_transformation_mode', 'asymmetric', 'half_pixel');
  node.only('nearest_mode', 'floor', 'round_prefer_floor');
  // The region of interest between map and scales is for another mode.
  return (map, _region, scales) => {
    const [batch, channels, ...spatial] = given(scales).values;
    if (batch !== 1 || channels !== 1 || !isPair(spatial))
      throw node.unsupported(`scales of ${given(scales).values.join(', ')}`);
    return resize(given(map), spatial);
  };
}

function join(node: NodeReader): Step {
  const axis = node.number('axis');
  return (...parts) => {
    const tensors = parts.map(given);
    return concat(tensors, axis < 0 ? axis + given(tensors[0]).dims.length : axis);
  };
}

function cut(node: NodeReader): Step {
  node.inputs(4);
  return (tensor, ...bounds) => {
    const [start = [], end = [], axes = []] = bounds.map((bound) => [...given(bound).values]);
    const [from, to, axis] = [start[0], end[0], axes[0]];
    if (from === undefined || to === undefined || axis === undefined || axes.length > 1)
      throw node.unsupported(`${axes.length} axes`);
    const whole = given(tensor);
    return slice(whole, from, to, axis < 0 ? axis + whole.dims.length : axis);
  };
}

function clip(node: NodeReader): Step {
  node.inputs(3);
  return (map, least, most) => {
    const [low, high] = [given(least).values[0], given(most).values[0]];
    if (low === undefined || high === undefined) throw node.unsupported('an empty bound');
    return each(given(map), (x) => (x < low ? low : x > high ? high : x));
  };
}

function leaky(node: NodeReader): Step {
  node.inputs(1);
  const alpha = node.number('alpha', Math.fround(0.01));
  return (map) => each(given(map), (x) => (x < 0 ? alpha * x : x));
}

function cast(node: NodeReader): Step {
  node.inputs(1);
  // To float32, from float16: float64 holds both as they are.
  node.only('to', 1, 0);
  return given;
}

function given(tensor: Tensor | undefined): Tensor {
  if (tensor === undefined) throw new UnsupportedOnnx('leaves out an input that is needed here');
  return tensor;
}
