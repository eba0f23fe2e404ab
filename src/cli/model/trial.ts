import type { ModelSpec } from '../../detector/index.js';
import { assertFits, headsOfFilm } from '../../engine/runner/network.js';
import { openOnnx } from '../../engine/runner/openOnnx.js';
import { openFloat64 } from '../../weights/index.js';

/** Raw heads of one network input in spec order, as they are served; the network is checked against its spec first (ModelSpecError). */
export async function runHeads(onnx: Uint8Array, spec: ModelSpec, input: Float32Array): Promise<Float32Array[]> {
  const { channels, height, width } = spec.input;
  const network = await openOnnx(onnx, { provider: 'cpu', threads: 1 });
  try {
    assertFits(network, spec);
    return headsOfFilm(await network.run(input, [1, channels, height, width]), spec, 0, 1);
  } finally {
    await network.close();
  }
}

/** The same without onnxruntime, in float64, rounded once at the end. Throws UnsupportedOnnx where the file holds what it does not know. */
export function runHeadsInFloat64(onnx: Uint8Array, spec: ModelSpec, input: Float32Array): Float32Array[] {
  const { channels, height, width } = spec.input;
  const network = openFloat64(onnx);
  assertFits(network, spec);
  const outputs = [...network.run(input, [1, channels, height, width])];
  return headsOfFilm(
    new Map(outputs.map(([name, { dims, values }]) => [name, { dims, data: Float32Array.from(values) }])),
    spec,
    0,
    1,
  );
}

/** An input that is the same on every machine: a slow wave under noise (Park and Miller's generator), 0…1. */
export function trialInput({ channels, height, width }: ModelSpec['input']): Float32Array {
  let state = 1;
  return Float32Array.from({ length: channels * height * width }, (_, i) => {
    state = (state * 48_271) % 2_147_483_647;
    const wave = 0.5 + 0.35 * Math.sin((i % width) / 17) * Math.cos(Math.floor(i / width) / 23);
    return Math.min(1, Math.max(0, wave + 0.3 * (state / 2_147_483_647 - 0.5)));
  });
}
