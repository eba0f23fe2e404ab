import type { ModelSpec } from '../../detector/index.js';
import { assertFits, headsOfFilm } from '../../engine/runner/network.js';
import { openOnnx } from '../../engine/runner/openOnnx.js';

/**
 * Raw heads of one network input in spec order, from the runtime that the service uses.
 *
 * @throws ModelSpecError if the network doesn't fit its spec
 */
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

/** The same input on every machine: a slow wave with noise (Park and Miller's generator), from 0 to 1. */
export function trialInput({ channels, height, width }: ModelSpec['input']): Float32Array {
  let state = 1;
  return Float32Array.from({ length: channels * height * width }, (_, i) => {
    state = (state * 48_271) % 2_147_483_647;
    const wave = 0.5 + 0.35 * Math.sin((i % width) / 17) * Math.cos(Math.floor(i / width) / 23);
    return Math.min(1, Math.max(0, wave + 0.3 * (state / 2_147_483_647 - 0.5)));
  });
}
