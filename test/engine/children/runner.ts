import { existsSync } from 'node:fs';
import type { OpenNetwork } from '../../../src/engine/runner/network.js';
import { openOnnx } from '../../../src/engine/runner/openOnnx.js';
import { serveRunner } from '../../../src/engine/runner/serveRunner.js';
import { wait } from './wait.js';

/** Grey levels of films on which this runner misbehaves. */
const levels = { crash: 1, hang: 2, notANumber: 3, throws: 4, waitsForGate: 5 };

/**
 * The runner on the CPU under the name of a provider that takes batches; some films make it crash, hang, throw or wait.
 */
const open: OpenNetwork = async (onnx, { threads }) => {
  const network = await openOnnx(onnx, { provider: 'cpu', threads });
  process.stdout.write(`opened for ${threads} threads\n`);
  return {
    ...network,
    async run(tensor, dims) {
      const [films] = dims;
      const size = tensor.length / films;
      const found = Array.from({ length: films }, (_, i) => Math.round((tensor[i * size] ?? 0) * 255));
      // The first run of a session, on black, is no film.
      if (found.some((level) => level > 0)) process.stdout.write(`ran ${found.join()} on ${threads} threads\n`);
      if (found.includes(levels.crash)) process.abort();
      if (found.includes(levels.hang)) wait(() => false);
      if (found.includes(levels.throws)) throw new Error('thrown on order');
      if (found.includes(levels.waitsForGate)) wait(() => existsSync(new URL('./gate-is-open', import.meta.url)));
      const outputs = await network.run(tensor, dims);
      for (const { data } of outputs.values()) {
        found.forEach((level, i) => {
          if (level === levels.notANumber) data[(i * data.length) / films] = NaN;
        });
      }
      return outputs;
    },
  };
};

serveRunner(open);
