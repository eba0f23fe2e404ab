import type { KeyCommand } from '../../keys/keys.js';
import { presets } from '../pixels/windowLevel.js';
import { command, repeating } from './command.js';
import type { FilmActs } from './filmActs.js';

/** How the film is shown: zoom, window and position. */
export function viewCommands(acts: FilmActs): readonly KeyCommand[] {
  return [
    repeating('zoom-in', '+', 'Zoom in', () => {
      acts.zoom(1.25);
    }),
    repeating('zoom-out', '-', 'Zoom out', () => {
      acts.zoom(0.8);
    }),
    command('fit', '=', 'Fit the film', acts.fit),
    command('actual', '0', 'One film pixel per screen pixel', () => {
      acts.oneToOne();
    }),
    command('reset', 'Space', 'Reset zoom and window', acts.resetView),
    command('invert', 'i', 'Invert', acts.invert),
    ...presets.map(({ name, says }, i) =>
      command(`preset-${name}`, String(i + 1), `Window: ${says.toLowerCase()}`, () => {
        acts.preset(name);
      }),
    ),
  ];
}

/** The direction in which the film moves to look to a side. */
const sides = [
  ['Left', 1, 0],
  ['Right', -1, 0],
  ['Up', 0, 1],
  ['Down', 0, -1],
] as const;

export function lookCommands(acts: FilmActs): readonly KeyCommand[] {
  return sides.flatMap(([side, x, y]) => {
    const where = side.toLowerCase();
    return [
      repeating(`pan-${where}`, `Arrow${side}`, `Look ${where}`, () => {
        acts.pan(x * 0.1, y * 0.1);
      }),
      repeating(`page-${where}`, `Shift+Arrow${side}`, `Look half a view ${where}`, () => {
        acts.pan(x * 0.5, y * 0.5);
      }),
    ];
  });
}
