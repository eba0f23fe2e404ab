import type { ModelSpec } from '../detector/index.js';
import { frontalChest } from './frontalChest.js';
import type { Gate } from './gate.js';

/** Every gate that this version of the service has. A changed gate gets a version of its own: reports name what judged them. */
export const gates: readonly Gate[] = [frontalChest];

/** The gate of a spec; undefined where there is none of this name and version (`none` has none, either). */
export function findGate(inputGate: ModelSpec['inputGate']): Gate | undefined {
  if (inputGate === 'none') return undefined;
  return gates.find(({ name, version }) => name === inputGate.name && version === inputGate.version);
}
