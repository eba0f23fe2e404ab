import { type OnnxFile, type OnnxNode, type OnnxPort, readOnnx } from './readOnnx.js';
import { UnsupportedOnnx } from './unsupportedOnnx.js';
import { NodeReader } from './nodeReader.js';
import { operators, type Step } from './operators.js';
import { product, type Tensor } from './tensor.js';

export type { Tensor } from './tensor.js';

/** A network that is worked out in double precision. */
export interface Float64Network {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /**
   * Works out the outputs, by name; blocks for some seconds per 10 GFLOP.
   *
   * @param values of the only input
   * @throws UnsupportedOnnx where the shapes turn out to ask for what is not known
   */
  run(values: ArrayLike<number>, dims: readonly number[]): ReadonlyMap<string, Tensor>;
}

/**
 * Opens an ONNX file for evaluation in float64, of the weights as they are stored: a second implementation beside
 * onnxruntime, which works in float32, and sums in an order that depends on the processor. After some 75 layers its
 * rounding can be larger than what is to be compared; here it is below 1e-12 of the values.
 *
 * @throws UnsupportedOnnx naming the first operator or attribute that is not known
 */
export function openFloat64(onnx: Uint8Array): Float64Network {
  const file = readOnnx(onnx);
  const steps = file.nodes.map((node) => ({ node, step: stepOf(node) }));
  const lastUse = lastUses(file);
  return {
    inputs: file.inputs,
    outputs: file.outputs,
    run(values, dims) {
      const tensors = new Map<string, Tensor>([[onlyInput(file), { dims, values: Float64Array.from(values) }]]);
      if (values.length !== product(dims))
        throw new RangeError(`${values.length} values are no tensor of ${dims.join(' × ')}`);
      const tensorOf = (name: string): Tensor => tensors.get(name) ?? constantOf(file, name);
      for (const [index, { node, step }] of steps.entries()) {
        tensors.set(node.output, step(...node.inputs.map((name) => (name === '' ? undefined : tensorOf(name)))));
        // The maps of all layers together would not fit into memory.
        for (const name of node.inputs) if (lastUse.get(name) === index) tensors.delete(name);
      }
      return new Map(file.outputs.map(({ name }) => [name, tensorOf(name)]));
    },
  };
}

function stepOf(node: OnnxNode): Step {
  const operator = operators.get(node.operator);
  if (operator === undefined) throw new UnsupportedOnnx(`holds the operator ${node.operator} (${node.output})`);
  const reader = new NodeReader(node);
  const step = operator(reader);
  reader.refuseOthers();
  return step;
}

/** Index of the last node that reads a tensor; of outputs that of no node. */
function lastUses({ nodes, outputs }: OnnxFile): Map<string, number> {
  const uses = new Map(nodes.flatMap(({ inputs }, index) => inputs.map((name) => [name, index] as const)));
  for (const { name } of outputs) uses.delete(name);
  return uses;
}

/** Decoded anew at each use: most are used once, and all together take twice the memory of the file. */
function constantOf({ constants }: OnnxFile, name: string): Tensor {
  const constant = constants.get(name);
  if (constant === undefined) throw new UnsupportedOnnx(`uses ${name}, which no node before gives`);
  return { dims: constant.dims, values: constant.values() };
}

function onlyInput({ inputs }: OnnxFile): string {
  const [first, ...others] = inputs;
  if (first === undefined || others.length > 0) throw new UnsupportedOnnx(`has ${inputs.length} inputs, not one`);
  return first.name;
}
