import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import type { ModelSpec } from '../../src/detector/index.js';
import { toySpec } from '../modelSpec.js';

/**
 * A network small enough to check by hand: 64 × 64 in, the mean of each 32 × 32 cell, and a 1 × 1 convolution that
 * turns the mean level m (0…1) of a cell into an objectness logit of 8·m − 4. The class logit is 20 (σ ≈ 1), the
 * box logits are 0: a box of the anchor's size (32 × 32) about the middle of each cell, with the score σ(8·m − 4).
 * Classes after the first have a logit of 0: an attribute is 0.5.
 */
export const logitOf = (mean: number) => 8 * mean - 4;

const cells = 2;

const proto = protobuf
  .parse(
    `syntax = "proto2";
   message Attribute { required string name = 1; optional int64 i = 3; repeated int64 ints = 8; required int32 type =
     20; }
   message Node { repeated string input = 1; repeated string output = 2; required string name = 3; required string
     op_type = 4; repeated Attribute attribute = 5; }
   message Tensor { repeated int64 dims = 1; required int32 data_type = 2; required string name = 8; required bytes
     raw_data = 9; }
   message Dim { optional int64 dim_value = 1; optional string dim_param = 2; }
   message Shape { repeated Dim dim = 1; }
   message TensorType { required int32 elem_type = 1; required Shape shape = 2; }
   message Type { required TensorType tensor_type = 1; }
   message ValueInfo { required string name = 1; required Type type = 2; }
   message Graph { repeated Node node = 1; required string name = 2; repeated Tensor initializer = 5; repeated
     ValueInfo input = 11; repeated ValueInfo output = 12; }
   message OpsetId { required int64 version = 2; }
   message Model { required int64 ir_version = 1; required Graph graph = 7; repeated OpsetId opset_import = 8; }`,
    { keepCase: true },
  )
  .root.lookupType('Model');

/** The ONNX file of the tiny network. */
export function tinyOnnx(output = 'head', classes = 1, opset = 13): Uint8Array {
  const values = 5 + classes;
  const float = 1;
  const weights = new Float32Array(values * 3);
  // The same grey plane lies in all three channels: a third of the slope each.
  weights.fill(8 / 3, 4 * 3, 5 * 3);
  const bias = Float32Array.from({ length: values }, (_, i) => [0, 0, 0, 0, -4, 20][i] ?? 0);
  const raw = (values: Float32Array) => new Uint8Array(values.buffer);
  const ints = (name: string, values: number[]) => ({ name, ints: values, type: 7 });
  const tensor = (name: string, dims: number[]) => ({
    name,
    type: {
      tensor_type: {
        elem_type: float,
        shape: { dim: [{ dim_param: 'N' }, ...dims.map((dim_value) => ({ dim_value }))] },
      },
    },
  });
  return proto
    .encode({
      ir_version: 8,
      opset_import: [{ version: opset }],
      graph: {
        name: 'tiny',
        node: [
          {
            input: ['images'],
            output: ['means'],
            name: 'pool',
            op_type: 'AveragePool',
            attribute: [ints('kernel_shape', [32, 32]), ints('strides', [32, 32])],
          },
          {
            input: ['means', 'weights', 'bias'],
            output: [output],
            name: 'conv',
            op_type: 'Conv',
            attribute: [ints('kernel_shape', [1, 1])],
          },
        ],
        initializer: [
          { dims: [values, 3, 1, 1], data_type: float, name: 'weights', raw_data: raw(weights) },
          { dims: [values], data_type: float, name: 'bias', raw_data: raw(bias) },
        ],
        input: [tensor('images', [3, 64, 64])],
        output: [tensor(output, [values, cells, cells])],
      },
    })
    .finish();
}

export function tinySpec(onnx: Uint8Array, changes: Partial<ModelSpec> = {}): ModelSpec {
  return toySpec({
    name: 'tiny',
    onnxSha256: createHash('sha256').update(onnx).digest('hex'),
    notice: 'Finds brightness.',
    heads: [{ tensor: 'head', stride: 32, anchors: [[32, 32]], scaleXY: 1, box: 'exp' }],
    classes: [{ name: 'bright', title: 'Brightness', colour: '#ff0000', role: 'lesion' }],
    nms: { kind: 'greedy', iou: 0.4, perClass: true, maximum: 100 },
    threshold: { score: 0.5, source: 'made up' },
    ...changes,
  });
}

/** Writes `<modelsDir>/<name>/model.{onnx,json}`; returns the folder. */
export async function writeTinyModel(modelsDir: string, changes: Partial<ModelSpec> = {}): Promise<string> {
  const onnx = tinyOnnx('head', changes.classes?.length);
  const spec = tinySpec(onnx, changes);
  const folder = join(modelsDir, spec.name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), onnx);
  await writeFile(join(folder, 'model.json'), JSON.stringify(spec, null, 2));
  return folder;
}
