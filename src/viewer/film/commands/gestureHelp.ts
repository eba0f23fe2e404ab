import type { Gesture } from '../../keys/keys.js';

/** What mouse and touch do over a film. */
export const filmGestures: readonly Gesture[] = [
  { how: 'Left drag', help: 'Window: right is wider, down is darker (or the chosen tool)' },
  { how: 'Alt + left drag', help: 'Window, at a quarter of the speed' },
  { how: 'Middle drag, Shift + left drag', help: 'Moves the film' },
  { how: 'Right drag', help: 'Zooms' },
  { how: 'Right click', help: 'Menu of the film or the box' },
  { how: 'Wheel', help: 'Zooms at the pointer' },
  { how: 'Alt + wheel', help: 'Steps through the other films of the patient' },
  { how: 'Double click', help: 'Whole film, or actual size at the pointer' },
  { how: 'Click on the line of a box', help: 'Selects the box; again, the next one below it' },
  { how: 'One finger', help: 'Moves the film (or the chosen tool)' },
  { how: 'Two fingers', help: 'Zoom and move' },
  { how: 'Long press', help: 'Menu of the film or the box' },
  { how: 'Tap on the line of a box', help: 'Selects the box' },
];
