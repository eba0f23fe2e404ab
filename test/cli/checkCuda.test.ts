import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { compareNetworks } from '../../src/cli/checkCuda/compareNetworks.js';
import { fitToInput } from '../../src/detector/index.js';
import type { Network } from '../../src/engine/runner/network.js';
import { headOf, tinySpec } from '../detector/fixture.js';

const cudaProvider = fileURLToPath(
  new URL(
    `../../node_modules/onnxruntime-node/bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`,
    import.meta.url,
  ),
);
const spec = tinySpec({ maxBatch: 4 });
const inputs = [0, 100, 200].map((level) =>
  fitToInput(
    {
      width: 64,
      height: 64,
      planes: [new Uint8Array(64 * 64).fill(level)],
      table: Uint8Array.from({ length: 256 }, (_, v) => v),
    },
    spec,
  ),
);

/** One box of score σ(2)·σ(20) ≈ 0.881 in each film, whatever the film; `change` is added to a film's head. */
function network(
  change: (head: Float32Array, film: number, films: number) => void = () => undefined,
): Network & { readonly batches: number[] } {
  const batches: number[] = [];
  return {
    inputs: [],
    outputs: [],
    batches,
    run: (_tensor, [films]) => {
      batches.push(films);
      const data = Float32Array.from(
        Array.from({ length: films }, (_, film) => {
          const head = headOf({ columns: 2, rows: 2 }, [{ column: 1, row: 0, values: [0, 0, 0, 0, 2, 20] }]);
          change(head, film, films);
          return [...head];
        }).flat(),
      );
      return Promise.resolve(new Map([['head0', { data, dims: [films, 6, 2, 2] }]]));
    },
    close: () => Promise.resolve(),
  };
}

t.test(
  'a provider that says what the CPU says agrees, film by film and in the batches that the engine makes',
  async (t) => {
    const checked = network();
    const comparison = await compareNetworks(network(), checked, spec, inputs, 2);
    t.equal(comparison.agrees, true);
    t.same(comparison.heads, [{ tensor: 'head0', largestDifference: 0, meanDifference: 0 }]);
    // Three films with one box each, seen from either side, alone and in a batch.
    t.equal(comparison.boxes.compared, 12);
    t.same([...new Set(checked.batches)].sort(), [1, 2], 'films ran alone and in twos');
    t.equal(comparison.batch, 2);
  },
);

t.test('a score that is off, a box elsewhere, a box too few or too many is no agreement', async (t) => {
  const compare = async (change: (head: Float32Array, film: number, films: number) => void) =>
    compareNetworks(network(), network(change), spec, inputs, 2);
  const objectness = 4 * 4 + 1;
  // σ(2.2) − σ(2) = 0.9002 − 0.8808
  const off = await compare((head) => {
    head[objectness] = 2.2;
  });
  t.equal(off.agrees, false);
  t.ok(Math.abs(off.boxes.largestScoreDifference - 0.019453) < 1e-5, String(off.boxes.largestScoreDifference));
  t.equal(off.heads[0]?.largestDifference.toFixed(4), '0.2000');

  // σ(0.2) − σ(0) = 0.0498 of a cell: 1.6 of 20 pixels, IoU 18.4 / 21.6 = 0.85
  const moved = await compare((head) => {
    head[1] = 0.2;
  });
  t.equal(moved.agrees, false);
  t.equal(moved.boxes.smallestIou.toFixed(2), '0.85');

  const missing = await compare((head) => {
    head[objectness] = -20;
  });
  t.equal(missing.boxes.unmatched, 6, 'the three boxes of the CPU, alone and in a batch');
  t.equal(missing.agrees, false);

  const extra = await compare((head) => {
    head[objectness + 1] = 2;
    head[5 * 4 + 2] = 20;
  });
  t.equal(extra.boxes.unmatched, 6);
  t.equal(extra.agrees, false);
});

t.test('what goes wrong in batches only is seen', async (t) => {
  const comparison = await compareNetworks(
    network(),
    network((head, film, films) => {
      if (films > 1 && film > 0) head[17] = -20;
    }),
    spec,
    inputs,
    2,
  );
  t.equal(comparison.agrees, false);
  t.equal(comparison.boxes.unmatched, 1);
});

t.test('a difference far below the margins agrees and is reported', async (t) => {
  const comparison = await compareNetworks(
    network(),
    network((head) => {
      head[17] = 2.001;
    }),
    spec,
    inputs,
    2,
  );
  t.equal(comparison.agrees, true);
  t.ok(comparison.boxes.largestScoreDifference > 0);
});

t.test(
  'a machine without CUDA is told so, and nothing counts as checked',
  { skip: existsSync(cudaProvider) && 'onnxruntime-node has its CUDA provider here' },
  (t) => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...process.execArgv, fileURLToPath(new URL('../../src/cli/checkCuda/main.ts', import.meta.url))],
      { cwd: root, encoding: 'utf8' },
    );
    t.equal(status, 2, stderr);
    t.match(stderr, /CUDA doesn't run on this machine; nothing was checked: /);
    t.equal(stdout, '');
    t.end();
  },
);
