import { cpuBetween, type ProcessFigures, processesBelow, type ProcessKind } from './processes.js';
import type { Sample } from './sample.js';

/** A measurement, with what the processes below `roots` spent on it per film. */
export async function withFigures(
  roots: readonly number[],
  measure: () => Promise<Pick<Sample, 'latenciesMs' | 'perSecond'>>,
): Promise<Sample> {
  const look = (): readonly ProcessFigures[] => roots.flatMap(processesBelow);
  const before = look();
  const measured = await measure();
  const after = look();
  const films = measured.latenciesMs.length;
  const cpuMs: Partial<Record<ProcessKind, number>> = {};
  for (const { kind } of after) cpuMs[kind] = (cpuBetween(before, after)[kind] ?? 0) / films;
  return { ...measured, cpuMs, rssMiB: after.reduce((sum, { rssMiB }) => sum + rssMiB, 0) };
}
