import { ApiFault } from '../api/index.js';
import type { PageContext } from '../app/page.js';
import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import { filmActs } from './acts.js';
import { filmGestures } from './commands/gestureHelp.js';
import { filmCommands } from './commands/index.js';
import { toggleComparison } from './comparison/compare.js';
import { createCurrentHead } from './comparison/currentHead.js';
import { openFilmMenu } from './frame/filmMenu.js';
import { waysOut } from './export/waysOut.js';
import { openMenu } from './frame/menu.js';
import { createFilmRail } from './frame/filmRail.js';
import { layOut } from './frame/layOut.js';
import { createReadout } from './frame/readout.js';
import { createToolbar } from './frame/toolbar.js';
import { createMissingPixelsNote } from './notes/missingPixelsNote.js';
import { createNotAnalysedCard } from './notes/notAnalysedCard.js';
import { createStateLine } from './notes/stateLine.js';
import { createPane } from './pane/pane.js';
import { paneEventsOf, type PaneEventsOptions } from './paneEvents.js';
import { createPanel } from './panel/index.js';
import { createPixelReader } from './pixels/reader.js';
import { createSelection } from './selection.js';
import type { Stage } from './stage.js';
import { drawnBoxes } from './state/drawnBoxes.js';
import { createPrintSheet } from './print/printSheet.js';
import { createReading, thresholdOf } from './state/reading.js';
import { ShownFilm } from './state/shownFilm.js';

export type FilmOptions = Pick<
  PageContext,
  'api' | 'site' | 'models' | 'user' | 'names' | 'list' | 'navigate' | 'say'
> & {
  readonly id: string;
  /** Where the tools go, in the bar above. */
  readonly bar: HTMLElement;
};

/** Shows a film with its report in `host`, until it is closed. */
export function openFilm(host: HTMLElement, options: FilmOptions): { close(): void } {
  const { id, api, site, models, bar, navigate, say } = options;
  const reader = createPixelReader();
  const references = (its: string, signal: AbortSignal) => api.references(its, signal);
  // Operators may not see whose film it is.
  const identified = options.user.role === 'operator' ? {} : { references };
  const openShown = (shownId: string, changed: () => void) =>
    new ShownFilm(shownId, { api, models, reader, changed, ...identified });
  const reading = createReading((changed) => openShown(id, changed), update);
  const { film } = reading;
  const name = options.names.get(id);
  const loading = new AbortController();

  const events: PaneEventsOptions = {
    stage: () => stage,
    selection: () => selection,
    updateReadout,
    showMenu(ids, at) {
      selection.select(ids);
      openFilmMenu(stage, acts, at, ids.length > 0);
    },
  };
  const pane = createPane(
    'Film',
    paneEventsOf(() => film, true, events),
  );
  const stage: Stage = { reading, pane, comparison: undefined, pointed: undefined };
  // Announces the selected box to screen readers.
  const heard = element('p', { class: 'only-read', role: 'status' });
  const selection = createSelection(stage, (text) => {
    heard.textContent = text;
  });
  const panel = createPanel(reading, (box) => {
    selection.choose(box);
  });
  const rail = createFilmRail({ id, api, ids: options.list.ids, names: options.names });
  const acts = filmActs({ stage, selection, rail, panel, compare, blink, showWaysOut, navigate, say });
  const toolbar = createToolbar(reading, acts);
  const stateLine = createStateLine(reading, site, api.connection);
  const readout = createReadout(film);
  const notes = { notAnalysed: createNotAnalysedCard(reading), missingPixels: createMissingPixelsNote() };
  const layout = layOut({
    id,
    pane,
    panel,
    rail,
    readout,
    stateLine,
    heard,
    ...notes,
    head: createCurrentHead(reading),
  });

  const sheet = createPrintSheet(reading);

  const unsubscribe = api.connection.subscribe(() => {
    reading.changed();
  });

  bar.replaceChildren(toolbar.node);
  host.append(layout.page, sheet.node);
  const unregister = keys.register('Film', filmCommands(acts), { gestures: filmGestures });
  pane.node.focus({ preventScroll: true });
  update();

  function update(): void {
    if (film.fault instanceof ApiFault && film.fault.status === 404) {
      showNothing(host, layout.page);
      sheet.close();
      return;
    }
    const comparing = stage.comparison !== undefined;
    stateLine.update();
    toolbar.update(comparing);
    panel.update();
    notes.notAnalysed.update();
    notes.missingPixels.update(film);
    layout.update(reading, name, comparing);
    pane.show({
      film: film.size,
      picture: film.picture,
      frame: film.pixels.kind === 'absent' && thresholdOf(film) !== undefined,
      boxes: drawnBoxes(reading),
      measures: reading.state.measures,
      draft: reading.state.draft,
    });
    stage.comparison?.update();
    sheet.update(comparing);
    updateReadout();
  }

  function updateReadout(): void {
    readout.update(film, pane.view, stage.pointed, stage.comparison?.film);
  }

  /** In the corner below the button, even if a key opened it. */
  function showWaysOut(): void {
    const print = (): void => {
      void sheet.print();
    };
    openMenu(pane.node, { x: pane.size.width, y: 0 }, 'Copy, save or print', waysOut({ reading, api, print, say }));
  }

  function blink(on: boolean): void {
    layout.stage.dataset['blink'] = String(on && stage.comparison !== undefined);
  }

  function compare(): void {
    toggleComparison({
      id,
      stage,
      api,
      signal: loading.signal,
      openFilm: (prior) =>
        openShown(prior, () => {
          reading.changed();
        }),
      events: (its) => paneEventsOf(its, false, events),
      place: (node) => {
        layout.stage.prepend(node);
      },
      ended: () => {
        blink(false);
      },
      navigate,
      say,
    });
  }

  return {
    close() {
      unregister();
      unsubscribe();
      loading.abort();
      stage.comparison?.close();
      stateLine.close();
      rail.close();
      pane.close();
      reading.close();
      reader.close();
      toolbar.node.remove();
      sheet.close();
      layout.page.remove();
    },
  };
}

function showNothing(host: HTMLElement, page: HTMLElement): void {
  if (!page.isConnected) return;
  page.remove();
  host.append(
    element(
      'div',
      { class: 'sheet' },
      element('h1', {}, 'No such film'),
      element('p', {}, 'There is no film at this address, or you may not see it.'),
      element('p', {}, element('a', { href: '/films' }, 'Go to the list of films')),
    ),
  );
}
