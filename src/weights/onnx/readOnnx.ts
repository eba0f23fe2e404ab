import { fromFloat16 } from './float16.js';
import { packedIntegers, type ProtobufField, protobufFields } from './protobufFields.js';
import { UnsupportedOnnx } from './unsupportedOnnx.js';

export interface OnnxFile {
  /** In the order of the file, which is one in which they can be worked out. */
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** Without the constants, which old files list among the inputs. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

export interface OnnxNode {
  readonly operator: string;
  /** '' where an input is left out. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export type OnnxAttribute = number | string | readonly number[];

export interface OnnxConstant {
  readonly dims: readonly number[];
  /** Works the values out of the file's bytes: float32, float16 and int64 are all exact (the last up to 2⁵³). */
  values(): Float64Array;
}

export interface OnnxPort {
  readonly name: string;
  /** `float32`, or the number of another type in onnx.proto. */
  readonly type: string;
  /** A name where the dimension is free. */
  readonly shape: readonly (number | string)[];
}

/**
 * Reads an ONNX file such as `writeOnnx` writes; field numbers as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 *
 * @throws UnsupportedOnnx where the bytes are no ONNX file, or one with things that `writeOnnx` does not write
 */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  try {
    return readModel(new Message(bytes));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnsupportedOnnx(`is no ONNX file: ${error.message}`, { cause: error });
  }
}

function readModel(model: Message): OnnxFile {
  const [graph] = model.messages(7);
  if (graph === undefined) throw new UnsupportedOnnx('is no ONNX file: it holds no graph');
  for (const opset of model.messages(8)) {
    const version = opset.integer(2);
    // Before 11, Clip and Resize took their numbers otherwise.
    if (opset.text(1) === '' && version < 11) throw new UnsupportedOnnx(`is of opset ${version}, not 11 or later`);
  }
  if (graph.has(15)) throw new UnsupportedOnnx('holds sparse constants');
  const constants = new Map(graph.messages(5).map((tensor) => [tensor.text(8), readConstant(tensor)]));
  return {
    nodes: graph.messages(1).map(readNode),
    constants,
    inputs: graph
      .messages(11)
      .map(readPort)
      .filter(({ name }) => !constants.has(name)),
    outputs: graph.messages(12).map(readPort),
  };
}

function readNode(node: Message): OnnxNode {
  const domain = node.text(7);
  const operator = `${domain === '' || domain === 'ai.onnx' ? '' : `${domain}.`}${node.text(4)}`;
  const [output = '', ...more] = node.texts(2);
  if (more.some((name) => name !== ''))
    throw new UnsupportedOnnx(`holds ${operator} with ${more.length + 1} outputs (${output})`);
  const attributes = new Map(
    node.messages(5).map((attribute) => [attribute.text(1), readAttribute(operator, attribute)]),
  );
  return { operator, inputs: node.texts(1), output, attributes };
}

function readAttribute(operator: string, attribute: Message): OnnxAttribute {
  switch (attribute.integer(20)) {
    case 1:
      return attribute.float(2);
    case 2:
      return attribute.integer(3);
    case 3:
      return attribute.text(4);
    case 7:
      return attribute.integers(8);
    default:
      throw new UnsupportedOnnx(
        `holds ${operator} with the attribute ${attribute.text(1)}, which is neither number nor text`,
      );
  }
}

type Reading = readonly [bytesEach: number, read: (view: DataView, offset: number) => number];
const readings: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [1, [4, (view, offset) => view.getFloat32(offset, true)]],
  [7, [8, (view, offset) => Number(view.getBigInt64(offset, true))]],
  [10, [2, (view, offset) => fromFloat16(view.getUint16(offset, true))]],
]);

function readConstant(tensor: Message): OnnxConstant {
  const name = tensor.text(8);
  const reading = readings.get(tensor.integer(2));
  if (reading === undefined)
    throw new UnsupportedOnnx(`holds the constant ${name}, which is neither float32, float16 nor int64`);
  const [bytesEach, read] = reading;
  const dims = tensor.integers(1);
  const length = dims.reduce((product, size) => product * size, 1);
  const raw = tensor.bytes(9);
  if (raw.length !== length * bytesEach)
    throw new UnsupportedOnnx(
      `holds the constant ${name}, whose numbers are not stored as ${length * bytesEach} raw bytes`,
    );
  const values = (): Float64Array => {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const decoded = new Float64Array(length);
    for (let i = 0; i < length; i++) decoded[i] = read(view, i * bytesEach);
    return decoded;
  };
  return { dims, values };
}

function readPort(port: Message): OnnxPort {
  const [tensor] = port.messages(2).flatMap((type) => type.messages(1));
  const dims = tensor?.messages(2).flatMap((shape) => shape.messages(1)) ?? [];
  const type = tensor?.integer(1) ?? 0;
  return {
    name: port.text(1),
    type: type === 1 ? 'float32' : `type ${type}`,
    shape: dims.map((dim) => (dim.has(1) ? dim.integer(1) : dim.text(2))),
  };
}

/** A message by field number; what is absent is 0, '' or empty, as in protobuf. */
class Message {
  readonly #fields: readonly ProtobufField[];

  constructor(bytes: Uint8Array) {
    this.#fields = protobufFields(bytes);
  }

  has(number: number): boolean {
    return this.#fields.some((field) => field.number === number);
  }

  messages(number: number): Message[] {
    return this.#allBytes(number).map((bytes) => new Message(bytes));
  }

  texts(number: number): string[] {
    return this.#allBytes(number).map((bytes) => new TextDecoder().decode(bytes));
  }

  text(number: number): string {
    return this.texts(number).at(-1) ?? '';
  }

  bytes(number: number): Uint8Array {
    return this.#allBytes(number).at(-1) ?? new Uint8Array();
  }

  integers(number: number): number[] {
    return this.#fields.flatMap((field) => {
      if (field.number !== number) return [];
      if (field.wire === 'varint') return [field.value];
      return field.wire === 'bytes' ? packedIntegers(field.value) : [];
    });
  }

  integer(number: number): number {
    return this.integers(number).at(-1) ?? 0;
  }

  float(number: number): number {
    const field = this.#fields.findLast((each) => each.number === number);
    if (field?.wire !== 'fixed32') return 0;
    return new DataView(field.value.buffer, field.value.byteOffset).getFloat32(0, true);
  }

  #allBytes(number: number): Uint8Array[] {
    return this.#fields.flatMap((field) => (field.number === number && field.wire === 'bytes' ? [field.value] : []));
  }
}
