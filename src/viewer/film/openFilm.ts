import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import { filmActs } from './acts.js';
import { filmGestures } from './commands/gestureHelp.js';
import { filmCommands } from './commands/index.js';
import { toggleComparison } from './comparison/compare.js';
import { waysOut } from './export/waysOut.js';
import { filmOpener } from './filmOpener.js';
import type { FilmOptions } from './filmOptions.js';
import { createFilmStage } from './filmStage.js';
import { createFilmView } from './filmView.js';
import { openFilmMenu } from './frame/filmMenu.js';
import { openMenu } from './frame/menu.js';
import { createToolbar } from './frame/toolbar.js';
import { isMissing, noSuchFilm } from './noSuchFilm.js';
import { createPixelReader } from './pixels/reader.js';
import { createReading } from './state/reading.js';

/** Shows a film with its report in `host`, until it is closed. */
export function openFilm(host: HTMLElement, options: FilmOptions): { close(): void } {
  const { id, api, bar, navigate, say } = options;
  const reader = createPixelReader();
  const open = filmOpener(options, reader);
  const reading = createReading((changed) => open(id, changed), update);
  const heard = element('p', { class: 'only-read', role: 'status' });
  const { stage, selection, eventsBeside } = createFilmStage(reading, {
    updateReadout: () => {
      view.updateReadout();
    },
    showMenu(ids, at) {
      selection.select(ids);
      openFilmMenu(stage, acts, at, ids.length > 0);
    },
    hear: (text) => {
      heard.textContent = text;
    },
  });
  const view = createFilmView(stage, selection, { ...options, heard });
  const { layout, sheet, rail, panel } = view;
  const acts = filmActs({ stage, selection, rail, panel, compare, blink, showWaysOut, navigate, say });
  const toolbar = createToolbar(reading, acts);
  const leaving = new AbortController();
  const unsubscribe = api.connection.subscribe(() => {
    reading.changed();
  });
  const unregister = keys.register('Film', filmCommands(acts), { gestures: filmGestures });

  bar.replaceChildren(toolbar.node);
  host.append(layout.page, sheet.node);
  stage.pane.node.focus({ preventScroll: true });
  update();

  function update(): void {
    if (leaving.signal.aborted) return;
    if (isMissing(reading.film)) {
      close();
      host.append(noSuchFilm());
      return;
    }
    toolbar.update(stage.comparison !== undefined);
    view.update();
  }

  /** In the corner below the button, even if a key opened it. */
  function showWaysOut(): void {
    const print = (): void => {
      void sheet.print();
    };
    const { node, size } = stage.pane;
    openMenu(node, { x: size.width, y: 0 }, 'Copy, save or print', waysOut({ reading, api, print, say }));
  }

  function blink(on: boolean): void {
    layout.stage.dataset['blink'] = String(on && stage.comparison !== undefined);
  }

  function compare(): void {
    toggleComparison({
      id,
      stage,
      api,
      signal: leaving.signal,
      openFilm: (other) =>
        open(other, () => {
          reading.changed();
        }),
      events: eventsBeside,
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

  function close(): void {
    if (leaving.signal.aborted) return;
    leaving.abort();
    unregister();
    unsubscribe();
    stage.comparison?.close();
    view.close();
    stage.pane.close();
    reading.close();
    reader.close();
    toolbar.node.remove();
  }

  return { close };
}
