import type { KeyCommand } from '../../keys/keys.js';
import { command, whileHeld } from './command.js';
import type { FilmActs } from './filmActs.js';

/** The other films: of the list, and of the same patient. */
export function otherFilmCommands(acts: FilmActs): readonly KeyCommand[] {
  return [
    command('next', 'PageDown', 'Next film in the list', () => {
      acts.stepFilm(1);
    }),
    command('previous', 'PageUp', 'Previous film in the list', () => {
      acts.stepFilm(-1);
    }),
    command('rail', 'f', 'Show or hide the other films', () => {
      acts.toggleRail();
    }),
    command('compare', 'p', 'Compare with another film of this patient', () => {
      acts.compare();
    }),
    command('link', 'l', 'Link or unlink the two views', () => {
      acts.link();
    }),
    whileHeld('blink', 's', 'Show only the other film while held', (held) => {
      acts.blink(held);
    }),
  ];
}
