import { performance } from 'node:perf_hooks';
import { type Candidate, detect, iou, type ModelSpec, type NetworkInput, packTensor } from '../../detector/index.js';
import { headsOfFilm, type Network } from '../../engine/runner/network.js';

/** How far a provider is from the CPU on the same inputs. */
export interface NetworkComparison {
  readonly inputs: number;
  readonly heads: readonly {
    readonly tensor: string;
    readonly largestDifference: number;
    readonly meanDifference: number;
  }[];
  readonly boxes: {
    /** Candidates of either provider above the spec's floor. */
    readonly compared: number;
    /** Those for which the other provider has no box at half the floor. */
    readonly unmatched: number;
    readonly largestScoreDifference: number;
    readonly smallestIou: number;
  };
  /** Medians for one film: alone on either provider, and in a batch of `batch` on the one that is checked. */
  readonly cpuMs: number;
  readonly ms: number;
  readonly batch: number;
  readonly batchMs: number;
  readonly agrees: boolean;
}

/** Same margins as for other implementations of the decoding. CUDA computes convolutions in TF32 (10-bit mantissa). */
export const tolerance = { score: 0.01, iou: 0.98 } as const;

/**
 * Runs both networks on each input, the checked one also in batches as the runner would, and compares what comes out,
 * from raw heads to boxes.
 */
export async function compareNetworks(
  cpu: Network,
  checked: Network,
  spec: ModelSpec,
  inputs: readonly NetworkInput[],
  largestBatch: number,
): Promise<NetworkComparison> {
  const batch = Math.min(largestBatch, spec.maxBatch, inputs.length);
  const onCpu = await runAll(cpu, spec, inputs, 1);
  const alone = await runAll(checked, spec, inputs, 1);
  const batched = await runAll(checked, spec, inputs, batch);
  const pairs = onCpu.films.flatMap((film, i) =>
    [alone.films[i], batched.films[i]].flatMap((other) =>
      other === undefined ? [] : [{ film, other, input: inputs[i] }],
    ),
  );

  const heads = spec.heads.map(({ tensor }, h) => ({
    tensor,
    ...differenceOf(pairs.map(({ film, other }) => [film[h], other[h]])),
  }));
  const boxes = { compared: 0, unmatched: 0, largestScoreDifference: 0, smallestIou: 1 };
  for (const { film, other, input } of pairs) {
    if (input === undefined) continue;
    const found = (of: readonly Float32Array[], floor?: number) =>
      detect(of, spec, input.plan, floor === undefined ? {} : { floor }).candidates;
    const low = spec.candidateFloor.score / 2;
    match(found(film), found(other, low), boxes);
    match(found(other), found(film, low), boxes);
  }
  const agrees =
    boxes.unmatched === 0 && boxes.largestScoreDifference <= tolerance.score && boxes.smallestIou >= tolerance.iou;
  return {
    inputs: inputs.length,
    heads,
    boxes,
    cpuMs: onCpu.medianMs,
    ms: alone.medianMs,
    batch,
    batchMs: batched.medianMs,
    agrees,
  };
}

/** Heads of every input, and the median time of a film. */
async function runAll(
  network: Network,
  spec: ModelSpec,
  inputs: readonly NetworkInput[],
  batch: number,
): Promise<{ films: Float32Array[][]; medianMs: number }> {
  const { channels, height, width } = spec.input;
  const films: Float32Array[][] = [];
  const times: number[] = [];
  for (let first = 0; first < inputs.length; first += batch) {
    const together = inputs.slice(first, first + batch);
    const tensor = packTensor(together, spec.input);
    const run = () => network.run(tensor, [together.length, channels, height, width]);
    // A new batch size is planned in its first run.
    await run();
    const began = performance.now();
    const outputs = await run();
    times.push((performance.now() - began) / together.length);
    together.forEach((_, i) => films.push(headsOfFilm(outputs, spec, i, together.length).map((head) => head.slice())));
  }
  return { films, medianMs: times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN };
}

function differenceOf(pairs: readonly (readonly (Float32Array | undefined)[])[]): {
  largestDifference: number;
  meanDifference: number;
} {
  let largestDifference = 0;
  let sum = 0;
  let count = 0;
  for (const [a = new Float32Array(), b = new Float32Array()] of pairs) {
    a.forEach((value, i) => {
      const difference = Math.abs(value - (b[i] ?? Number.NaN));
      largestDifference = Math.max(largestDifference, difference);
      sum += difference;
      count += 1;
    });
  }
  return { largestDifference, meanDifference: sum / count };
}

function match(
  candidates: readonly Candidate[],
  others: readonly Candidate[],
  boxes: { compared: number; unmatched: number; largestScoreDifference: number; smallestIou: number },
): void {
  for (const candidate of candidates) {
    boxes.compared += 1;
    const twin = others
      .filter(({ classIndex }) => classIndex === candidate.classIndex)
      .sort((a, b) => iou(b.box, candidate.box) - iou(a.box, candidate.box))[0];
    const overlap = twin === undefined ? 0 : iou(twin.box, candidate.box);
    if (twin === undefined || overlap < 0.5) {
      boxes.unmatched += 1;
      continue;
    }
    boxes.smallestIou = Math.min(boxes.smallestIou, overlap);
    boxes.largestScoreDifference = Math.max(boxes.largestScoreDifference, Math.abs(twin.score - candidate.score));
  }
}
