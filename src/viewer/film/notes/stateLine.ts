import type { Api, Site } from '../../api/index.js';
import { element, nodes, setAttributes } from '../../dom/element.js';
import { viewChips } from '../boxes/shown.js';
import { boxesOf, choiceOf, type Reading, verdictOf } from '../state/reading.js';
import type { ShownFilm } from '../state/shownFilm.js';
import { waitingWords } from '../state/waitingWords.js';
import { titlesOf } from '../state/titles.js';
import { noticeButton } from './notice.js';
import { stateSign } from '../../report/stateSign.js';
import { scoreText, stateWords } from '../../report/stateWords.js';

export interface StateLine {
  readonly node: HTMLElement;
  /** What the view hides or adds. It lies over the film: in the line it would shift the film. */
  readonly difference: HTMLElement;
  update(): void;
  close(): void;
}

type Away = Pick<Api['connection'], 'awaySince'>;

/**
 * The line that is always visible: the server's state in words, what the reader's view hides or adds, how much of the
 * film is loaded, and the notice. The view is not the verdict: only the chips follow the slider.
 */
export function createStateLine(reading: Reading, site: Site, connection: Away): StateLine {
  const sign = element('span', { class: 'state-sign-place' });
  const headline = element('strong', { class: 'headline' });
  const detail = element('span', { class: 'detail', role: 'status' });
  const chips = element('span', { class: 'chips', role: 'status' });
  const reset = element(
    'button',
    {
      type: 'button',
      class: 'quiet reset',
      on: {
        click: () => {
          reading.change({ minScore: undefined, classesOff: new Set(), boxesOff: false });
        },
      },
    },
    'Reset view',
  );
  const quality = element('span', { class: 'quality' });
  const notice = noticeButton(reading, site);
  const badge = element('div', { class: 'state-badge', role: 'status' }, sign, headline);
  const node = element(
    'section',
    { class: 'state-line', 'aria-label': 'What the detector says' },
    badge,
    detail,
    quality,
    notice.node,
  );
  const difference = element('div', { class: 'view-difference' }, chips, reset);
  const openedAt = Date.now();
  let shownState = '';
  // The seconds count while an answer is awaited; afterwards the line changes only with the reading.
  const clock = setInterval(() => {
    if (verdictOf(reading.film) === undefined || reading.film.pixels.kind === 'waiting') update();
  }, 1000);
  update();

  function update(): void {
    const { film, state } = reading;
    const verdict = verdictOf(film);
    const said =
      verdict === undefined
        ? waitingWords(film, { sinceMs: Date.now() - openedAt, awaySince: connection.awaySince })
        : stateWords(verdict, titlesOf(film));
    setText(headline, said.headline);
    setText(detail, said.detail);
    const name = verdict?.state ?? (film.fault === undefined ? 'waiting' : 'no-answer');
    if (name !== shownState) {
      shownState = name;
      sign.replaceChildren(...nodes(verdict !== undefined && stateSign(verdict.state)));
    }
    const threshold = verdict === undefined || verdict.state === 'not-analysed' ? undefined : verdict.threshold;
    const choice = threshold === undefined ? undefined : choiceOf(state, threshold);
    const said2 =
      threshold === undefined || choice === undefined ? [] : viewChips(boxesOf(film, state), threshold, choice);
    if (chips.textContent !== said2.map(({ says }) => says).join(''))
      chips.replaceChildren(...said2.map(({ by, says }) => element('span', { class: 'chip', 'data-by': by }, says)));
    reset.hidden = said2.length === 0;
    setAttributes(node, {
      'data-state': name,
      'data-threshold': threshold === undefined ? undefined : scoreText(threshold),
      'data-view': choice === undefined ? undefined : scoreText(choice.minScore),
      'data-hidden-by': said2.length === 0 ? undefined : said2.map(({ by }) => by).join(' '),
    });
    setText(quality, qualityText(film, connection.awaySince));
    quality.dataset['quality'] = film.pixels.kind === 'shown' ? film.pixels.quality : film.pixels.kind;
    notice.update();
  }

  return {
    node,
    difference,
    update,
    close: () => {
      clearInterval(clock);
      notice.close();
    },
  };
}

function qualityText(film: ShownFilm, awaySince: Date | undefined): string {
  const { pixels } = film;
  switch (pixels.kind) {
    case 'waiting':
      return awaySince === undefined ? 'LOADING FILM' : 'NO FILM YET';
    case 'absent':
      return 'NO FILM';
    case 'shown':
      return pixels.quality === 'full'
        ? `FULL ${pixels.bits}-bit`
        : pixels.fault === undefined
          ? 'PREVIEW'
          : 'PREVIEW only';
  }
}

/** Leaves unchanged text alone: a screen reader would read a live region again. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
