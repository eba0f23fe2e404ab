import { foldBatchNorm } from '../batchNorm.js';
import type { Network } from '../network.js';
import { type DarknetPlanOptions, planDarknet } from './plan.js';
import { readDarknetWeights } from './weightsFile.js';

export interface DarknetFiles {
  /** Text of the .cfg */
  readonly cfg: string;
  /** Bytes of the .weights */
  readonly weights: Uint8Array;
}

/** A darknet cfg and its weights as one network, heads in the order of the [yolo] sections. Throws ImportError. */
export function readDarknet(
  { cfg, weights }: DarknetFiles,
  options: DarknetPlanOptions = {},
): { network: Network; notes: readonly string[] } {
  const { plan, notes } = planDarknet(cfg, options);
  const stored = readDarknetWeights(weights, plan);
  const kernels = new Map([...stored].map(([index, convolution]) => [index, foldBatchNorm(convolution)] as const));
  return { network: { ...plan, kernels }, notes };
}
