import type { FilmActs } from '../commands/index.js';
import type { Point } from '../pane/view.js';
import type { Stage } from '../stage.js';
import { selectedBox } from '../state/reading.js';
import { type MenuEntry, openMenu } from './menu.js';

/** The menu of the selected box, or of the film if there is none, at a point of the pane. */
export function openFilmMenu({ reading, pane }: Stage, acts: FilmActs, at: Point, withBox: boolean): void {
  const { film } = reading;
  const box = withBox ? selectedBox(reading) : undefined;
  const ofBox: readonly MenuEntry[] =
    box === undefined
      ? []
      : [
          {
            says: 'Zoom to this box',
            act: () => {
              pane.frameBox(box.box);
            },
          },
          {
            says: `Hide ${film.titleOf(box.class).toLowerCase()}`,
            act: () => {
              reading.change({ classesOff: new Set([...reading.state.classesOff, box.class]) });
            },
          },
        ];
  openMenu(pane.node, at, box === undefined ? 'Film' : 'Box', [
    ...ofBox,
    { says: 'Fit the film', act: acts.fit },
    {
      says: '1:1 here',
      act: () => {
        pane.oneToOne(at);
      },
    },
    { says: film.inverted ? 'Undo invert' : 'Invert', act: acts.invert },
    { says: 'Reset zoom and window', act: acts.resetView },
  ]);
}
