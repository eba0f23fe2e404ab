import type { KeyCommand } from '../../keys/keys.js';
import type { Tool } from '../pane/gestureActions.js';
import { command } from './command.js';
import type { FilmActs } from './filmActs.js';

/** What a drag does, and distances. */
export function toolCommands(acts: FilmActs): readonly KeyCommand[] {
  const tool = (name: Tool, key: string, help: string): KeyCommand =>
    command(`tool-${name}`, key, help, () => {
      acts.tool(name);
    });
  return [
    tool('window', 'w', 'Drag sets window and level'),
    tool('zoom', 'z', 'Drag zooms'),
    tool('move', 'm', 'Drag moves the film'),
    tool('measure', 'd', 'Distance: two clicks, or Enter marks the middle'),
    command('mark', 'Enter', 'Distance: mark the middle of the view', () => {
      acts.markMiddle();
    }),
    command('remove-distance', ['Delete', 'Backspace'], 'Remove the last distance', () => {
      acts.removeDistance();
    }),
  ];
}
