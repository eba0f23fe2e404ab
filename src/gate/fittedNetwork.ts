import { readFileSync } from 'node:fs';
import type { FittedNetwork } from './network.js';

/** A network's file beside the code, e.g. frontalChest.json. */
export interface FittedNetworkFile extends FittedNetwork {
  /** Of the parameters' bytes, hex. */
  readonly sha256: string;
  /** What the network gives for the thumbnail whose level i is (7919 · i mod 256) / 255. */
  readonly logitOfPattern: number;
}

/**
 * Reads a network that training/gate/fit.py wrote.
 *
 * @throws Error if the file does not hold one.
 */
export function readFittedNetwork(path: URL): FittedNetworkFile {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isFittedNetworkFile(value)) throw new Error(`${path.pathname} does not hold a fitted network`);
  return value;
}

function isFittedNetworkFile(value: unknown): value is FittedNetworkFile {
  if (typeof value !== 'object' || value === null) return false;
  const { channels, parameters, sha256, logitOfPattern }: Partial<Record<keyof FittedNetworkFile, unknown>> = value;
  return (
    Array.isArray(channels) &&
    channels.every(Number.isInteger) &&
    typeof parameters === 'string' &&
    typeof sha256 === 'string' &&
    typeof logitOfPattern === 'number'
  );
}
