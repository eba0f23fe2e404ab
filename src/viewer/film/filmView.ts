import { createCurrentHead } from './comparison/currentHead.js';
import type { FilmOptions } from './filmOptions.js';
import { createFilmRail, type FilmRail } from './frame/filmRail.js';
import { type FilmLayout, layOut } from './frame/layOut.js';
import { createReadout } from './frame/readout.js';
import { createMissingPixelsNote } from './notes/missingPixelsNote.js';
import { createNotAnalysedCard } from './notes/notAnalysedCard.js';
import { createStateLine } from './notes/stateLine.js';
import { createPanel, type FilmPanel } from './panel/index.js';
import { createPrintSheet, type PrintSheet } from './print/printSheet.js';
import type { Selection } from './selection.js';
import type { Stage } from './stage.js';
import { drawnBoxes } from './state/drawnBoxes.js';
import { thresholdOf } from './state/reading.js';

/** What shows the reading: all of the page of a film but its tools. */
export interface FilmView {
  readonly layout: FilmLayout;
  readonly panel: FilmPanel;
  readonly rail: FilmRail;
  readonly sheet: PrintSheet;
  /** After any change of the reading. */
  update(): void;
  /** After a change of zoom or pointer alone. */
  updateReadout(): void;
  close(): void;
}

export function createFilmView(
  stage: Stage,
  selection: Pick<Selection, 'choose'>,
  { id, api, site, list, names, heard }: FilmOptions & { readonly heard: HTMLElement },
): FilmView {
  const { reading, pane } = stage;
  const { film } = reading;
  const panel = createPanel(reading, (box) => {
    selection.choose(box);
  });
  const rail = createFilmRail({ id, api, ids: list.ids, names });
  const stateLine = createStateLine(reading, site, api.connection);
  const readout = createReadout(film);
  const notAnalysed = createNotAnalysedCard(reading);
  const missingPixels = createMissingPixelsNote();
  const head = createCurrentHead(reading);
  const layout = layOut({ id, pane, panel, rail, readout, stateLine, heard, notAnalysed, missingPixels, head });
  const sheet = createPrintSheet(reading);

  function updatePane(): void {
    pane.show({
      film: film.size,
      picture: film.picture,
      frame: film.pixels.kind === 'absent' && thresholdOf(film) !== undefined,
      boxes: drawnBoxes(reading),
      measures: reading.state.measures,
      draft: reading.state.draft,
    });
  }
  function updateReadout(): void {
    readout.update(film, pane.view, stage.pointed, stage.comparison?.film);
  }

  return {
    layout,
    panel,
    rail,
    sheet,
    updateReadout,
    update() {
      const comparing = stage.comparison !== undefined;
      stateLine.update();
      panel.update();
      notAnalysed.update();
      missingPixels.update(film);
      layout.update(reading, names.get(id), comparing);
      updatePane();
      stage.comparison?.update();
      sheet.update(comparing);
      updateReadout();
    },
    close() {
      stateLine.close();
      rail.close();
      sheet.close();
      layout.page.remove();
    },
  };
}
