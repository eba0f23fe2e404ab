import { ApiFault } from '../api/index.js';
import type { ListItem } from '../api/index.js';
import { element } from '../dom/element.js';
import { when } from '../films/when.js';
import { keys } from '../keys.js';
import type { PageContext } from '../page.js';
import { createAbsence } from './absence.js';
import { filmCommands } from './commands.js';
import { type Comparison, createComparison, createCurrentBar } from './comparison.js';
import { createCover } from './cover.js';
import { boxesOf, createDesk, type Desk, judgedOf, selectedBox } from './desk.js';
import { drawnBoxes } from './drawnBoxes.js';
import { FilmOnShow } from './filmOnShow.js';
import { createFoot } from './foot.js';
import { openMenu } from './menu.js';
import { createPane, type PaneEvents } from './pane.js';
import { createPanel } from './panel/index.js';
import { createPixelReader } from './pixels/reader.js';
import { createRail } from './rail.js';
import { createStateLine } from './stateLine.js';
import { scoreBeside } from './stateWords.js';
import { createToolbar } from './toolbar.js';
import type { Point } from './view.js';
import { draggedWindow, type GreyWindow } from './windowLevel.js';

export type FilmOptions = Pick<PageContext, 'api' | 'site' | 'models' | 'names' | 'list' | 'navigate' | 'say'> & {
  readonly id: string;
  /** Place in the bar above for the tools. */
  readonly bar: HTMLElement;
};

/** Shows a film with what was reported of it, in `host`, until it is closed. */
export function openFilm(host: HTMLElement, options: FilmOptions): { close(): void } {
  const { id, api, site, models, bar, navigate, say } = options;
  const reader = createPixelReader();
  const desk = createDesk((changed) => new FilmOnShow(id, { api, models, reader, changed }), update);
  const { film } = desk;
  const loading = new AbortController();
  let pointed: Point | undefined;
  let comparison: Comparison | undefined;
  let windowBefore: { readonly film: FilmOnShow; readonly window: GreyWindow } | undefined;
  let marks = 0;

  const acts = {
    zoom: (factor: number) => {
      pane.zoom(factor);
    },
    fit: () => {
      pane.fit();
      comparison?.pane.fit();
    },
    oneToOne: () => {
      pane.oneToOne();
    },
    resetView: () => {
      for (const shown of shownFilms()) shown.reset();
      acts.fit();
    },
    pan: (x: number, y: number) => {
      pane.pan(x * pane.size.width, y * pane.size.height);
    },
    invert: () => {
      for (const shown of shownFilms()) shown.invert();
    },
    preset: (name: Parameters<FilmOnShow['setPreset']>[0]) => {
      for (const shown of shownFilms()) shown.setPreset(name);
      pane.node.focus({ preventScroll: true });
    },
    tool: (tool: Desk['state']['tool']) => {
      desk.change({ tool, draft: undefined });
    },
    toggleBoxes: () => {
      if (boxable()) desk.change({ boxesOff: !desk.state.boxesOff });
    },
    holdBoxes: (boxesHeld: boolean) => {
      if (boxable()) desk.change({ boxesHeld });
    },
    stepBox,
    stepFilm: (direction: 1 | -1) => {
      const next = rail.neighbour(direction);
      if (next === undefined)
        say(direction > 0 ? 'This is the last film of the list.' : 'This is the first film of the list.');
      else navigate(`/films/${encodeURIComponent(next)}`);
    },
    compare: () => {
      void compare();
    },
    link: () => {
      if (comparison !== undefined) desk.change({ linked: !desk.state.linked });
    },
    blink: (on: boolean) => {
      stage.dataset['blink'] = String(on && comparison !== undefined);
    },
    focusThreshold: () => {
      panel.focusThreshold();
    },
    toggleRail: () => {
      rail.toggle();
    },
    markMiddle: () => {
      const at = pane.centre();
      if (desk.state.tool === 'measure' && at !== undefined) mark(at);
    },
    removeDistance: () => {
      desk.change({ measures: desk.state.measures.slice(0, -1) });
    },
    cancel: () => {
      if (pane.cancel() || comparison?.pane.cancel() === true) return;
      if (desk.state.draft !== undefined) desk.change({ draft: undefined });
      else if (desk.state.selected !== undefined) desk.change({ selected: undefined });
      else desk.change({ tool: undefined });
    },
  };

  const pane = createPane('Film', paneEvents(film));
  const cover = createCover(desk);
  const absence = createAbsence();
  const cross = element('div', { class: 'film-cross', 'aria-hidden': 'true' });
  const currentBar = createCurrentBar(desk);
  pane.node.append(cross, cover.node);
  const current = element(
    'div',
    { class: 'film-current' },
    currentBar.node,
    element('div', { class: 'film-notes' }, absence.node),
    pane.node,
  );
  const stage = element('div', { class: 'film-stage' }, current);
  const toolbar = createToolbar(desk, acts);
  const stateLine = createStateLine(desk, site);
  stage.append(stateLine.difference);
  const panel = createPanel(desk, choose);
  const foot = createFoot(film);
  const facts = element('span', { class: 'film-facts' });
  foot.node.append(facts);
  const rail = createRail({ id, api, ids: options.list.ids, names: options.names });
  const title = element('h1', { class: 'only-read' }, 'Film');
  // Box by box, for those who can’t see which one is white.
  const heard = element('p', { class: 'only-read', role: 'status' });
  const page = element(
    'div',
    { class: 'film-page', 'data-film': id },
    title,
    heard,
    stateLine.node,
    element('div', { class: 'film-body' }, rail.node, stage, panel.node),
    foot.node,
  );
  bar.replaceChildren(toolbar.node);
  host.append(page);
  const unregister = keys.register('Film', filmCommands(acts));
  pane.node.focus({ preventScroll: true });
  update();

  function shownFilms(): readonly FilmOnShow[] {
    return comparison === undefined ? [film] : [film, comparison.film];
  }
  function boxable(): boolean {
    return threshold() !== undefined;
  }
  function threshold(): number | undefined {
    const judged = judgedOf(film);
    return judged === undefined || judged.state === 'not-analysed' ? undefined : judged.threshold;
  }

  function update(): void {
    if (film.fault instanceof ApiFault && film.fault.status === 404) {
      showNothing(host, page);
      return;
    }
    stateLine.update();
    toolbar.update(comparison !== undefined);
    panel.update();
    cover.update();
    absence.update(film);
    cross.hidden = desk.state.tool !== 'measure';
    pane.node.dataset['quality'] = film.pixels.kind === 'shown' ? film.pixels.quality : film.pixels.kind;
    pane.node.dataset['state'] = judgedOf(film)?.state ?? 'waiting';
    pane.node.dataset['tool'] = desk.state.tool ?? 'window';
    pane.show({
      film: film.size,
      picture: film.picture,
      frame: film.pixels.kind === 'absent' && boxable(),
      boxes: drawnBoxes(desk),
      measures: desk.state.measures,
      draft: desk.state.draft,
    });
    comparison?.update();
    currentBar.update(comparison !== undefined);
    title.textContent =
      options.names.get(id) ?? (film.loaded === undefined ? 'Film' : `Film of ${when(film.loaded.report.createdAt)}`);
    const words = factsText(film, options.names.get(id));
    if (facts.textContent !== words) facts.textContent = words;
    foot.update(film, pane.view, pointed);
  }

  function paneEvents(its: FilmOnShow): PaneEvents {
    const main = its === film;
    return {
      toolOf: (pointer) => desk.state.tool ?? (pointer === 'mouse' ? 'window' : 'move'),
      moved: (before, after) => {
        if (desk.state.linked) (main ? comparison?.pane : pane)?.follow(before, after);
      },
      fitWanted: () => {
        acts.fit();
      },
      drawn: () => {
        if (main) foot.update(film, pane.view, pointed);
      },
      window: (dx, dy) => {
        if (its.shown !== undefined) its.setWindow(draggedWindow(its.window, dx, dy, its.shown));
      },
      dragBegan: () => {
        windowBefore = { film: its, window: its.window };
      },
      dragAborted: () => {
        if (windowBefore !== undefined && windowBefore.window !== windowBefore.film.window)
          windowBefore.film.setWindow(windowBefore.window);
      },
      pointed: (at) => {
        if (!main) return;
        pointed = at;
        foot.update(film, pane.view, pointed);
      },
      hovered: (box) => {
        if (main && box !== desk.state.hovered) desk.change({ hovered: box });
      },
      clicked: (ids, at) => {
        if (!main) return;
        if (desk.state.tool === 'measure') mark(at);
        else select(ids);
      },
      menu: (ids, at) => {
        if (main) showMenu(ids, at);
      },
      step: (direction) => {
        comparison?.step(direction);
      },
    };
  }

  /** A second click on the same place takes the next box of the stack. */
  function select(ids: readonly string[]): void {
    const before = ids.findIndex((one) => one === desk.state.selected);
    desk.change({ selected: ids[(before + 1) % Math.max(ids.length, 1)] });
  }
  function choose(box: string): void {
    desk.change({ selected: box });
    const chosen = boxesOf(film, desk.state).find((shown) => shown.box.id === box);
    if (chosen?.hiddenBy === null) pane.bringIntoView(chosen.box.box);
  }
  function stepBox(direction: 1 | -1): void {
    const visible = boxesOf(film, desk.state).filter(({ hiddenBy }) => hiddenBy === null);
    if (visible.length === 0) return;
    const at = visible.findIndex(({ box }) => box.id === desk.state.selected);
    const next =
      visible[at < 0 ? (direction > 0 ? 0 : visible.length - 1) : (at + direction + visible.length) % visible.length];
    if (next === undefined) return;
    choose(next.box.id);
    heard.textContent = `Box ${next.rank} of ${visible.length}, ${film.titleOf(next.box.class)}, score ${scoreBeside(next.box.score, threshold())}`;
  }
  function mark(at: Point): void {
    const { draft, measures } = desk.state;
    if (draft === undefined) desk.change({ draft: at });
    else desk.change({ draft: undefined, measures: [...measures, { id: ++marks, from: draft, to: at }] });
  }

  function showMenu(ids: readonly string[], at: Point): void {
    select(ids);
    const box = ids.length === 0 ? undefined : selectedBox(desk);
    const name = box === undefined ? '' : film.titleOf(box.class);
    openMenu(pane.node, at, box === undefined ? 'Film' : 'Box', [
      ...(box === undefined
        ? []
        : [
            {
              says: 'Zoom to this box',
              act: () => {
                pane.frameBox(box.box);
              },
            },
            {
              says: `Hide ${name.toLowerCase()}`,
              act: () => {
                desk.change({ classesOff: new Set([...desk.state.classesOff, box.class]) });
              },
            },
          ]),
      { says: 'Fit the film', act: acts.fit },
      {
        says: '1:1 here',
        act: () => {
          pane.oneToOne(at);
        },
      },
      { says: film.inverted ? 'Invert back' : 'Invert', act: acts.invert },
      { says: 'Reset zoom and window', act: acts.resetView },
    ]);
  }

  async function compare(): Promise<void> {
    if (comparison !== undefined) {
      endComparison();
      return;
    }
    let priors: readonly ListItem[];
    try {
      priors = await api.priors(id, loading.signal);
    } catch (error) {
      if (!loading.signal.aborted) say(error instanceof Error ? error.message : String(error));
      return;
    }
    const [first] = priors;
    if (first === undefined) {
      say(
        'There is no earlier film of this patient here. Films belong together by the patient reference given at upload.',
      );
      return;
    }
    // A second press while the list was on its way.
    if (openComparison() !== undefined || loading.signal.aborted) return;
    comparison = createComparison(
      {
        desk,
        priors,
        open: (prior) =>
          new FilmOnShow(prior, {
            api,
            models,
            reader,
            changed: () => {
              desk.changed();
            },
          }),
        events: paneEvents,
        close: endComparison,
        swap: (prior) => {
          navigate(`/films/${encodeURIComponent(prior)}`);
        },
      },
      first,
    );
    stage.prepend(comparison.node);
    desk.changed();
  }
  function openComparison(): Comparison | undefined {
    return comparison;
  }
  function endComparison(): void {
    comparison?.close();
    comparison = undefined;
    acts.blink(false);
    pane.node.focus({ preventScroll: true });
    desk.changed();
  }

  return {
    close() {
      unregister();
      loading.abort();
      comparison?.close();
      stateLine.close();
      rail.close();
      pane.close();
      desk.close();
      reader.close();
      toolbar.node.remove();
      page.remove();
    },
  };
}

function factsText(film: FilmOnShow, name: string | undefined): string {
  const report = film.loaded?.report;
  const image = report?.image ?? undefined;
  return [
    name,
    report === undefined ? undefined : when(report.createdAt),
    image === undefined
      ? undefined
      : `${image.width} × ${image.height}, ${image.bits}-bit ${image.format.toUpperCase()}`,
    image?.preparation.inverted === true ? 'grey levels turned round' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function showNothing(host: HTMLElement, page: HTMLElement): void {
  if (!page.isConnected) return;
  page.remove();
  host.append(
    element(
      'div',
      { class: 'sheet' },
      element('h1', {}, 'No such film'),
      element('p', {}, 'There is no film at this address, or it is not yours to see.'),
      element('p', {}, element('a', { href: '/films' }, 'To the list of films')),
    ),
  );
}
