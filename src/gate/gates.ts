import type { ModelSpec } from '../detector/index.js';
import { frontalChest } from './frontalChest.js';
import type { Gate } from './gate.js';

/** Every gate of this service. A changed gate gets a new version: reports name the gate that judged the film. */
export const gates: readonly Gate[] = [frontalChest];

/** The gate that a spec names; undefined for `none`, and if no gate has this name and version. */
export function findGate(inputGate: ModelSpec['inputGate']): Gate | undefined {
  if (inputGate === 'none') return undefined;
  return gates.find(({ name, version }) => name === inputGate.name && version === inputGate.version);
}
