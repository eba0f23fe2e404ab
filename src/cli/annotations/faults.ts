import { describeFault, type Fault } from '../../datasets/index.js';
import { exitCode } from '../exit.js';

/** Lists faults, then notes, on stderr. Any fault makes the exit code 1. */
export function reportFaults(faults: readonly Fault[], notes: readonly string[] = []): void {
  for (const fault of faults) process.stderr.write(`${describeFault(fault)}\n`);
  for (const note of notes) process.stderr.write(`${note}\n`);
  if (faults.length > 0) process.exitCode = exitCode.someFailed;
}

/** "12 faults: 9 outside-film, 3 duplicate" */
export function summary(faults: readonly Fault[]): string {
  if (faults.length === 0) return 'no faults';
  const counts = new Map<string, number>();
  for (const { code } of faults) counts.set(code, (counts.get(code) ?? 0) + 1);
  return `${faults.length} fault${faults.length === 1 ? '' : 's'}: ${[...counts].map(([code, n]) => `${n} ${code}`).join(', ')}`;
}
