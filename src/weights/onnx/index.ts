import { type Activation, type Convolution, INPUT, type Layer, type Network, type Source } from '../network.js';
import { OnnxGraph, type Port, type Precision } from './graph.js';

export type { Precision } from './graph.js';
export const INPUT_TENSOR = 'images';

/** Name of the ONNX output of the head with this index. */
export function headTensor(index: number): string {
  return `head${index}`;
}

/**
 * Writes a network as ONNX: input `images`, float32, batch × channels × height × width; outputs `head0`, `head1`…, the
 * raw heads. With `fp16` the kernels are stored in half precision; biases, a thousandth of the size, stay float32.
 */
export function writeOnnx(network: Network, { precision }: { precision: Precision }): Uint8Array {
  const graph = new OnnxGraph('network');
  const names = outputNames(network);
  const nameOf = (source: Source): string =>
    source === INPUT ? INPUT_TENSOR : (names.get(source) ?? `layer${source}`);
  network.layers.forEach((layer, index) => {
    if (names.has(index)) addLayer({ graph, network, precision, nameOf }, layer, index);
  });
  network.heads.forEach((head, i) => {
    if (nameOf(head.source) !== headTensor(i)) graph.node('Identity', [nameOf(head.source)], headTensor(i));
  });
  const port = (
    name: string,
    { channels, height, width }: { channels: number; height: number; width: number },
  ): Port => ({ name, shape: [channels, height, width] });
  return graph.encode(
    [port(INPUT_TENSOR, network.input)],
    network.heads.map((head, i) => port(headTensor(i), head.shape)),
    { layout: 'nchw', heads: 'raw, anchor-major: x, y, w, h, objectness, classes' },
  );
}

/** Output name of every layer that a head depends on; a head's own layer has the head's name. */
function outputNames(network: Network): Map<Source, string> {
  const names = new Map<Source, string>();
  const visit = (source: Source): void => {
    const layer = network.layers[source];
    if (layer === undefined || names.has(source)) return;
    names.set(source, `layer${source}`);
    sourcesOf(layer).forEach(visit);
  };
  for (const head of network.heads) visit(head.source);
  [...network.heads.entries()].reverse().forEach(([i, { source }]) => {
    if (source !== INPUT) names.set(source, headTensor(i));
  });
  return names;
}

function sourcesOf(layer: Layer): readonly Source[] {
  switch (layer.kind) {
    case 'concatenation':
      return layer.parts.map(({ source }) => source);
    case 'addition':
      return layer.sources;
    case 'scaling':
      return [layer.map, layer.factor];
    default:
      return [layer.source];
  }
}

interface Writing {
  readonly graph: OnnxGraph;
  readonly network: Network;
  readonly precision: Precision;
  readonly nameOf: (source: Source) => string;
}

function addLayer(writing: Writing, layer: Layer, index: number): void {
  const { graph, nameOf } = writing;
  const output = nameOf(index);
  switch (layer.kind) {
    case 'convolution':
      addConvolution(writing, layer, index);
      return;
    case 'maxpool':
      graph.node('MaxPool', [nameOf(layer.source)], output, {
        kernel_shape: [layer.size, layer.size],
        strides: [layer.strideY, layer.strideX],
        pads: padList(layer),
      });
      return;
    case 'average':
      graph.node('GlobalAveragePool', [nameOf(layer.source)], output);
      return;
    case 'upsample': {
      const scales = graph.floats(`upsample${layer.factor}`, [4], Float32Array.of(1, 1, layer.factor, layer.factor));
      const resized = layer.scale === 1 ? output : `${output}.resized`;
      graph.node('Resize', [nameOf(layer.source), '', scales], resized, {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      });
      if (layer.scale !== 1)
        graph.node('Mul', [resized, graph.floats(`${output}.scale`, [], Float32Array.of(layer.scale))], output);
      return;
    }
    case 'concatenation': {
      const parts = layer.parts.map(({ source, from, to }, part) => {
        if (from === 0 && to === channelsOf(writing, source)) return nameOf(source);
        const bounds = [
          graph.integers(`int${from}`, [from]),
          graph.integers(`int${to}`, [to]),
          graph.integers('int1', [1]),
        ];
        return graph.node('Slice', [nameOf(source), ...bounds], `${output}.part${part}`);
      });
      graph.node('Concat', parts, output, { axis: 1 });
      return;
    }
    case 'addition': {
      const [first = INPUT, ...others] = layer.sources;
      const sum = others.reduce((total, source, i) => {
        const name = i === others.length - 1 ? beforeActivation(layer.activation, output) : `${output}.sum${i}`;
        return graph.node('Add', [total, nameOf(source)], name);
      }, nameOf(first));
      addActivation(graph, layer.activation, sum, output);
      return;
    }
    case 'scaling': {
      const scaled = graph.node(
        'Mul',
        [nameOf(layer.map), nameOf(layer.factor)],
        beforeActivation(layer.activation, output),
      );
      addActivation(graph, layer.activation, scaled, output);
      return;
    }
  }
}

function addConvolution({ graph, network, precision, nameOf }: Writing, layer: Convolution, index: number): void {
  const kernel = network.kernels.get(index);
  if (kernel === undefined) throw new Error(`${layer.origin} has no kernel`);
  const { size, groups, dilation, activation } = layer;
  const output = nameOf(index);
  const dims = [layer.shape.channels, layer.inputChannels / groups, size, size];
  const weights = graph.weights(`layer${index}.weight`, dims, kernel.weights, precision);
  const bias = graph.floats(`layer${index}.bias`, [layer.shape.channels], kernel.bias);
  const convolved = graph.node('Conv', [nameOf(layer.source), weights, bias], beforeActivation(activation, output), {
    kernel_shape: [size, size],
    strides: [layer.strideY, layer.strideX],
    pads: padList(layer),
    dilations: [dilation, dilation],
    group: groups,
  });
  addActivation(graph, activation, convolved, output);
}

/** `output` itself if no activation node follows. */
function beforeActivation(activation: Activation, output: string): string {
  return activation === 'linear' ? output : `${output}.linear`;
}

function addActivation(graph: OnnxGraph, activation: Activation, input: string, output: string): void {
  switch (activation) {
    case 'linear':
      return;
    case 'leaky':
      graph.node('LeakyRelu', [input], output, { alpha: { float: 0.1 } });
      return;
    case 'relu':
      graph.node('Relu', [input], output);
      return;
    case 'relu6':
      graph.node(
        'Clip',
        [input, graph.floats('zero', [], Float32Array.of(0)), graph.floats('six', [], Float32Array.of(6))],
        output,
      );
      return;
    case 'logistic':
      graph.node('Sigmoid', [input], output);
      return;
    case 'swish':
      graph.node('Mul', [input, graph.node('Sigmoid', [input], `${output}.sigmoid`)], output);
      return;
    case 'mish':
      graph.node(
        'Mul',
        [input, graph.node('Tanh', [graph.node('Softplus', [input], `${output}.softplus`)], `${output}.tanh`)],
        output,
      );
      return;
  }
}

function channelsOf({ network }: Writing, source: Source): number {
  return (source === INPUT ? network.input : network.layers[source]?.shape)?.channels ?? Number.NaN;
}

function padList({ pads }: Pick<Convolution, 'pads'>): number[] {
  return [pads.top, pads.left, pads.bottom, pads.right];
}
