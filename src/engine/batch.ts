import type { ModelSpec } from '../detector/index.js';
import type { Flight } from './flight.js';

/** Most films that each provider runs faster together than one by one. On a CPU a batch gains nothing. */
const batchLimits: Readonly<Record<string, number>> = { cuda: 8, tensorrt: 8 };

/** Whether one runner keeps this device busy: it runs films together, and each runner loads the networks onto it. */
export function takesBatches(provider: string): boolean {
  return provider in batchLimits;
}

export function batchLimit({ maxBatch }: Pick<ModelSpec, 'maxBatch'>, provider: string | null): number {
  return Math.min(maxBatch, batchLimits[provider ?? ''] ?? 1);
}

/** The films of a queue to run together: those of the model that the longest-waiting film needs, up to its limit. */
export function nextBatch(waiting: readonly Flight[], provider: string | null): readonly Flight[] {
  const [first] = waiting;
  if (first === undefined) return [];
  const limit = first.mustRunAlone ? 1 : batchLimit(first.spec, provider);
  const fitting = waiting.filter((flight) => flight === first || (flight.spec === first.spec && !flight.mustRunAlone));
  return fitting.slice(0, limit);
}
