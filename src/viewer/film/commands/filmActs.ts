import type { Tool } from '../pane/gestureActions.js';
import type { PresetName } from '../pixels/windowLevel.js';

/** What the keys of the film page do. */
export interface FilmActs {
  zoom(factor: number): void;
  readonly fit: () => void;
  oneToOne(): void;
  readonly resetView: () => void;
  /** In shares of the pane. */
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
  /** Marks a distance's next point in the middle of the pane. */
  markMiddle(): void;
  removeDistance(): void;
  /** Copy, save, print. */
  showWaysOut(): void;
  cancel(): void;
}
