import { type HeadSpec, type ModelSpec, ModelSpecError } from '../../detector/index.js';

/** A loaded network: the part of an onnxruntime session that is used here. */
export interface Network {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  /**
   * @param tensor N × channels × height × width
   * @returns by output name, for the whole batch
   */
  run(
    tensor: Float32Array,
    dims: readonly [number, number, number, number],
  ): Promise<ReadonlyMap<string, NetworkOutput>>;
  close(): Promise<void>;
}

export interface TensorFacts {
  readonly name: string;
  /** `float32` and so on. */
  readonly type: string;
  /** A dimension that is a name is free. */
  readonly shape: readonly (number | string)[];
}

export interface NetworkOutput {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/**
 * Opens a network on one execution provider; rejects if the provider can't run here. A seam: tests supply networks of
 * their own.
 */
export type OpenNetwork = (
  onnx: Uint8Array,
  options: { readonly provider: string; readonly threads: number },
) => Promise<Network>;

/**
 * Checks that a network is the one its spec describes: names, types and every fixed dimension.
 *
 * @throws ModelSpecError naming the first field that does not fit
 */
export function assertFits(network: Pick<Network, 'inputs' | 'outputs'>, spec: ModelSpec): void {
  const { input } = spec;
  const [first, ...others] = network.inputs;
  if (first === undefined || others.length > 0)
    throw new ModelSpecError('/input/tensor', `the network has ${network.inputs.length} inputs, not one`);
  if (first.name !== input.tensor)
    throw new ModelSpecError(
      '/input/tensor',
      `is "${input.tensor}", but the network's input is called "${first.name}"`,
    );
  assertTensor(
    first,
    [undefined, input.channels, input.height, input.width],
    ['', '/input/channels', '/input/height', '/input/width'],
  );

  spec.heads.forEach((head, i) => {
    const field = `/heads/${i}`;
    const output = network.outputs.find(({ name }) => name === head.tensor);
    if (output === undefined) {
      const names = network.outputs.map(({ name }) => `"${name}"`).join(', ');
      throw new ModelSpecError(`${field}/tensor`, `is "${head.tensor}", but the network's outputs are called ${names}`);
    }
    assertTensor(output, headShape(spec, head), ['', `${field}/anchors`, `${field}/stride`, `${field}/stride`]);
  });
}

/** Shape of one film's head: free batch, anchors · (5 + classes), rows, columns. */
function headShape(spec: ModelSpec, { anchors, stride }: HeadSpec): [undefined, number, number, number] {
  return [undefined, anchors.length * (5 + spec.classes.length), spec.input.height / stride, spec.input.width / stride];
}

/** Free dimensions are checked in the first run; see `headsOfFilm`. */
function assertTensor(tensor: TensorFacts, expected: readonly (number | undefined)[], fields: readonly string[]): void {
  const [nameField] = fields.slice(1);
  if (tensor.type !== 'float32')
    throw new ModelSpecError(
      nameField ?? '',
      `the network's tensor "${tensor.name}" holds ${tensor.type}, not float32`,
    );
  if (tensor.shape.length !== 0 && tensor.shape.length !== expected.length) {
    throw new ModelSpecError(
      nameField ?? '',
      `the network's tensor "${tensor.name}" has ${tensor.shape.length} dimensions, not ${expected.length}`,
    );
  }
  expected.forEach((size, i) => {
    const found = tensor.shape[i];
    if (size === undefined || typeof found !== 'number' || found < 0 || found === size) return;
    throw new ModelSpecError(
      fields[i] ?? '',
      `asks for ${size} in dimension ${i} of "${tensor.name}", but the network has ${found}`,
    );
  });
}

/**
 * The heads of one film out of a batch, in spec order, each anchors·(5 + classes) × rows × columns.
 *
 * @throws ModelSpecError if an output's shape differs from the spec
 */
export function headsOfFilm(
  outputs: ReadonlyMap<string, NetworkOutput>,
  spec: ModelSpec,
  film: number,
  films: number,
): Float32Array[] {
  return spec.heads.map((head, i) => {
    const output = outputs.get(head.tensor);
    const [, ...shape] = headShape(spec, head);
    const expected = [films, ...shape];
    if (output?.dims.join() !== expected.join()) {
      throw new ModelSpecError(
        `/heads/${i}`,
        `asks for an output of ${expected.join(' × ')}, but the network gave ${output?.dims.join(' × ') ?? 'none'}`,
      );
    }
    const size = output.data.length / films;
    return output.data.subarray(film * size, (film + 1) * size);
  });
}
