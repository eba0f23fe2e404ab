import type { KeyCommand } from '../../keys/keys.js';
import { command, repeating, whileHeld } from './command.js';
import type { FilmActs } from './filmActs.js';

export function boxCommands(acts: FilmActs): readonly KeyCommand[] {
  return [
    command('boxes', 'b', 'Boxes on or off', () => {
      acts.toggleBoxes();
    }),
    whileHeld('hold', 'h', 'Hide all boxes while held', (held) => {
      acts.holdBoxes(held);
    }),
    repeating('next-box', '.', 'Next box', () => {
      acts.stepBox(1);
    }),
    repeating('previous-box', ',', 'Previous box', () => {
      acts.stepBox(-1);
    }),
    command('threshold', 't', 'Go to the threshold slider', () => {
      acts.focusThreshold();
    }),
  ];
}
