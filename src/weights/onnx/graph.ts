import { ProtobufMessage } from './protobuf.js';
import { fitsFloat16, toFloat16 } from './float16.js';
import { ImportError } from '../importError.js';

/** Field and enum numbers are from https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const IR_VERSION = 8;
const OPSET = 13;
const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;

export type Precision = 'fp16' | 'fp32';
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** Name and shape of an input or output of the graph; the first axis is the batch, of any size. */
export interface Port {
  readonly name: string;
  readonly shape: readonly [channels: number, height: number, width: number];
}

/** Collects nodes and initialisers, and encodes them as an ONNX file (opset 13, IR version 8). */
export class OnnxGraph {
  readonly #nodes: ProtobufMessage[] = [];
  readonly #initialisers: ProtobufMessage[] = [];
  readonly #constants = new Set<string>();

  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds a node with one output and returns the output's name. */
  node(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const node = new ProtobufMessage();
    for (const input of inputs) node.text(1, input);
    node.text(2, output).text(3, `${operator}:${output}`).text(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#nodes.push(node);
    return output;
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    return this.#initialiser(name, dims, FLOAT, littleEndian(values));
  }

  /**
   * Weights in the requested precision. Half-precision ones go through a Cast, which onnxruntime evaluates once, at
   * load: the arithmetic stays float32. Throws ImportError `bad-numbers` if a value is out of range.
   */
  weights(name: string, dims: readonly number[], values: Float32Array, precision: Precision): string {
    if (precision === 'fp32') return this.floats(name, dims, values);
    if (!fitsFloat16(values))
      throw new ImportError(
        'bad-numbers',
        `${name} holds values beyond 65,504, the range of fp16: import with --precision fp32`,
      );
    const half = this.#initialiser(`${name}.half`, dims, FLOAT16, littleEndian(toFloat16(values)));
    return this.node('Cast', [half], name, { to: FLOAT });
  }

  integers(name: string, values: readonly number[]): string {
    return this.#initialiser(name, [values.length], INT64, littleEndian(BigInt64Array.from(values, BigInt)));
  }

  encode(inputs: readonly Port[], outputs: readonly Port[], metadata: Readonly<Record<string, string>>): Uint8Array {
    const graph = new ProtobufMessage();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, this.#name);
    for (const initialiser of this.#initialisers) graph.message(5, initialiser);
    for (const input of inputs) graph.message(11, valueInfo(input));
    for (const output of outputs) graph.message(12, valueInfo(output));
    const model = new ProtobufMessage().integer(1, IR_VERSION).text(2, 'lesion-detector').message(7, graph);
    model.message(8, new ProtobufMessage().integer(2, OPSET));
    for (const [key, value] of Object.entries(metadata))
      model.message(14, new ProtobufMessage().text(1, key).text(2, value));
    return model.encode();
  }

  /** The same name gives the same constant. */
  #initialiser(name: string, dims: readonly number[], type: number, raw: Uint8Array): string {
    if (this.#constants.has(name)) return name;
    this.#constants.add(name);
    const tensor = new ProtobufMessage();
    for (const dim of dims) tensor.integer(1, dim);
    this.#initialisers.push(tensor.integer(2, type).text(8, name).bytes(9, raw));
    return name;
  }
}

function attribute(name: string, value: Attribute): ProtobufMessage {
  const message = new ProtobufMessage().text(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function valueInfo({ name, shape }: Port): ProtobufMessage {
  const dims = new ProtobufMessage().message(1, new ProtobufMessage().text(2, 'batch'));
  for (const size of shape) dims.message(1, new ProtobufMessage().integer(1, size));
  const tensor = new ProtobufMessage().integer(1, FLOAT).message(2, dims);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
}

/** ONNX stores raw data in little-endian order, whatever the machine. */
function littleEndian(values: Float32Array | Uint16Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  const swapped = bytes.slice();
  for (let i = 0; i < swapped.length; i += values.BYTES_PER_ELEMENT)
    swapped.subarray(i, i + values.BYTES_PER_ELEMENT).reverse();
  return swapped;
}
