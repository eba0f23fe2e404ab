import type { Flight } from './flight.js';
import type { ChildKind, Loss } from './seat.js';

const crashesAlone = 2;

/**
 * The films of an ended child to retry, each alone from now on. Only a film that ran alone is known to be the cause:
 * after `crashesAlone` crashes it has failed, whichever children it ran on.
 */
export function toTryAgain(child: ChildKind, { flights, reason, how }: Loss): readonly Flight[] {
  const [first, ...neighbours] = flights;
  if (first !== undefined && neighbours.length === 0 && reason === 'crash') first.strikes += 1;
  const again: Flight[] = [];
  for (const flight of flights) {
    if (flight.settled) continue;
    if (flight.strikes >= crashesAlone) {
      flight.failed(
        'engine-failed',
        `A process ended ${flight.strikes} times while it had this film alone (last the ${child}: ${how}).`,
      );
      continue;
    }
    flight.mustRunAlone = true;
    flight.waits();
    again.push(flight);
  }
  return again;
}
