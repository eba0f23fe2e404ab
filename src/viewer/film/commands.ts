import type { KeyCommand } from '../keys/keys.js';
import type { Tool } from './pane/gestures.js';
import { type PresetName, presets } from './pixels/windowLevel.js';

/** What the keys of the film page do. */
export interface FilmActs {
  zoom(factor: number): void;
  readonly fit: () => void;
  oneToOne(): void;
  readonly resetView: () => void;
  /** Shares of the pane. */
  pan(x: number, y: number): void;
  readonly invert: () => void;
  preset(name: PresetName): void;
  tool(tool: Tool): void;
  toggleBoxes(): void;
  holdBoxes(hidden: boolean): void;
  stepBox(direction: 1 | -1): void;
  stepFilm(direction: 1 | -1): void;
  compare(): void;
  link(): void;
  blink(on: boolean): void;
  focusThreshold(): void;
  toggleRail(): void;
  /** A distance's next point in the middle of the pane. */
  markMiddle(): void;
  removeDistance(): void;
  cancel(): void;
}

/** The keys of VIEWER conventions: OHIF's and Weasis' where they have one. */
export function filmCommands(acts: FilmActs): readonly KeyCommand[] {
  const arrows = [
    ['Left', 1, 0],
    ['Right', -1, 0],
    ['Up', 0, 1],
    ['Down', 0, -1],
  ] as const;
  return [
    {
      id: 'film.zoom-in',
      keys: ['+'],
      help: 'Zoom in',
      repeats: true,
      press: () => {
        acts.zoom(1.25);
      },
    },
    {
      id: 'film.zoom-out',
      keys: ['-'],
      help: 'Zoom out',
      repeats: true,
      press: () => {
        acts.zoom(0.8);
      },
    },
    {
      id: 'film.fit',
      keys: ['='],
      help: 'Fit the film',
      press: () => {
        acts.fit();
      },
    },
    {
      id: 'film.actual',
      keys: ['0'],
      help: 'One film pixel on one screen pixel',
      press: () => {
        acts.oneToOne();
      },
    },
    {
      id: 'film.reset',
      keys: ['Space'],
      help: 'Reset zoom and window',
      press: () => {
        acts.resetView();
      },
    },
    {
      id: 'film.invert',
      keys: ['i'],
      help: 'Invert',
      press: () => {
        acts.invert();
      },
    },
    ...presets.map(({ name, says }, i): KeyCommand => ({
      id: `film.preset-${name}`,
      keys: [String(i + 1)],
      help: `Window: ${says.toLowerCase()}`,
      press: () => {
        acts.preset(name);
      },
    })),
    {
      id: 'film.tool-window',
      keys: ['w'],
      help: 'Drag sets window and level',
      press: () => {
        acts.tool('window');
      },
    },
    {
      id: 'film.tool-zoom',
      keys: ['z'],
      help: 'Drag zooms',
      press: () => {
        acts.tool('zoom');
      },
    },
    {
      id: 'film.tool-move',
      keys: ['m'],
      help: 'Drag moves the film',
      press: () => {
        acts.tool('move');
      },
    },
    {
      id: 'film.tool-measure',
      keys: ['d'],
      help: 'Distance: two clicks, or Enter marks the middle',
      press: () => {
        acts.tool('measure');
      },
    },
    {
      id: 'film.mark',
      keys: ['Enter'],
      help: 'Distance: mark the middle of the view',
      press: () => {
        acts.markMiddle();
      },
    },
    {
      id: 'film.remove-distance',
      keys: ['Delete', 'Backspace'],
      help: 'Remove the last distance',
      press: () => {
        acts.removeDistance();
      },
    },
    {
      id: 'film.boxes',
      keys: ['b'],
      help: 'Boxes on or off',
      press: () => {
        acts.toggleBoxes();
      },
    },
    {
      id: 'film.hold',
      keys: ['h'],
      help: 'Hide all boxes while held',
      press: () => {
        acts.holdBoxes(true);
      },
      release: () => {
        acts.holdBoxes(false);
      },
    },
    {
      id: 'film.next-box',
      keys: ['.'],
      help: 'Next box',
      repeats: true,
      press: () => {
        acts.stepBox(1);
      },
    },
    {
      id: 'film.previous-box',
      keys: [','],
      help: 'Previous box',
      repeats: true,
      press: () => {
        acts.stepBox(-1);
      },
    },
    {
      id: 'film.threshold',
      keys: ['t'],
      help: 'To the threshold slider',
      press: () => {
        acts.focusThreshold();
      },
    },
    {
      id: 'film.next',
      keys: ['PageDown'],
      help: 'Next film of the list',
      press: () => {
        acts.stepFilm(1);
      },
    },
    {
      id: 'film.previous',
      keys: ['PageUp'],
      help: 'Previous film of the list',
      press: () => {
        acts.stepFilm(-1);
      },
    },
    {
      id: 'film.rail',
      keys: ['f'],
      help: 'Show or hide the other films',
      press: () => {
        acts.toggleRail();
      },
    },
    {
      id: 'film.compare',
      keys: ['p'],
      help: 'Compare with an earlier film',
      press: () => {
        acts.compare();
      },
    },
    {
      id: 'film.link',
      keys: ['l'],
      help: 'Link or unlink the two views',
      press: () => {
        acts.link();
      },
    },
    {
      id: 'film.blink',
      keys: ['s'],
      help: 'See the earlier film alone while held',
      press: () => {
        acts.blink(true);
      },
      release: () => {
        acts.blink(false);
      },
    },
    ...arrows.flatMap(([side, x, y]): KeyCommand[] => [
      {
        id: `film.pan-${side.toLowerCase()}`,
        keys: [`Arrow${side}`],
        help: `Look ${side.toLowerCase()}`,
        repeats: true,
        press: () => {
          acts.pan(x * 0.1, y * 0.1);
        },
      },
      {
        id: `film.page-${side.toLowerCase()}`,
        keys: [`Shift+Arrow${side}`],
        help: `Look half a view ${side.toLowerCase()}`,
        repeats: true,
        press: () => {
          acts.pan(x * 0.5, y * 0.5);
        },
      },
    ]),
    {
      id: 'film.cancel',
      keys: ['Escape'],
      help: 'Cancel the drag, the distance, the selection',
      press: () => {
        acts.cancel();
      },
    },
  ];
}
