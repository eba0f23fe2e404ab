import type { KeyCommand } from '../../keys/keys.js';
import { boxCommands } from './boxCommands.js';
import { command } from './command.js';
import type { FilmActs } from './filmActs.js';
import { otherFilmCommands } from './otherFilmCommands.js';
import { toolCommands } from './toolCommands.js';
import { lookCommands, viewCommands } from './viewCommands.js';

export type { FilmActs } from './filmActs.js';

/** The keys of VIEWER conventions: those of OHIF and Weasis if they have one. */
export function filmCommands(acts: FilmActs): readonly KeyCommand[] {
  return [
    ...viewCommands(acts),
    ...toolCommands(acts),
    ...boxCommands(acts),
    ...otherFilmCommands(acts),
    ...lookCommands(acts),
    command('ways-out', 'o', 'Copy, save or print', () => {
      acts.showWaysOut();
    }),
    command('cancel', 'Escape', 'Cancel the drag, distance or selection', () => {
      acts.cancel();
    }),
  ];
}
