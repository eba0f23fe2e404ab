import { type LoggedFilm, readLoggedFilm } from '../api/index.js';
import { element } from '../dom/element.js';
import { reasonTitle } from '../report/stateWords.js';
import { stateSign } from '../report/stateSign.js';
import { when } from '../ui/dates.js';
import type { PageContext } from '../app/page.js';

const kept = 200;

/** Films as they are answered, newest first. */
export function liveTail({ api }: PageContext): { readonly node: HTMLElement; readonly close: () => void } {
  const rows = element('tbody', {});
  const status = element('p', { role: 'status', 'data-tail': 'opening' }, 'Connecting…');
  const head = ['Answered', 'State', 'Score', 'Boxes', 'Model', 'By', 'Took'].map((text) =>
    element('th', { scope: 'col', class: ['Score', 'Boxes', 'Took'].includes(text) && 'number' }, text),
  );
  const node = element(
    'section',
    {},
    element('h2', {}, 'Live'),
    status,
    element(
      'div',
      { class: 'table-scroll' },
      element('table', {}, element('thead', {}, element('tr', {}, ...head)), rows),
    ),
  );
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  open();
  return {
    node,
    close() {
      closed = true;
      clearTimeout(again);
      source?.close();
    },
  };

  function open(): void {
    // The page may have been left while the server was asked whether the session goes on.
    if (closed) return;
    source = new EventSource('/v1/detections/tail');
    source.addEventListener('open', () => {
      say('open', 'Connected: films appear here as they are answered.');
    });
    source.addEventListener('detection', ({ data }) => {
      add(readLoggedFilm(JSON.parse(String(data))));
    });
    source.addEventListener('error', () => {
      say('away', 'The connection is cut. Trying again.');
      if (source?.readyState !== EventSource.CLOSED) return;
      // It gives up where the answer was no stream: the session may have ended.
      again = setTimeout(() => {
        void api.stillSignedIn().then(open, open);
      }, 3000);
    });
  }

  function say(state: string, text: string): void {
    status.dataset['tail'] = state;
    status.textContent = text;
  }

  function add(film: LoggedFilm): void {
    const { state, filmScore, boxCount } = film;
    rows.prepend(
      element(
        'tr',
        { 'data-state': state },
        element('td', {}, element('a', { href: `/films/${film.id}` }, when(film.createdAt))),
        element('td', {}, element('span', { class: 'state-tag', 'data-state': state }, stateSign(state), words(film))),
        element('td', { class: 'number' }, filmScore === null ? '–' : filmScore.toFixed(3)),
        element('td', { class: 'number' }, boxCount === null ? '–' : String(boxCount)),
        element('td', {}, `${film.model.name} ${film.model.version}`),
        element('td', {}, film.submitter),
        element('td', { class: 'number' }, `${Math.round(film.latencyMs)} ms`),
      ),
    );
    while (rows.rows.length > kept) rows.deleteRow(-1);
  }
}

function words({ state, reason }: LoggedFilm): string {
  switch (state) {
    case 'findings':
      return 'FINDINGS';
    case 'below-threshold':
      return 'NO BOX';
    case 'not-analysed':
      return `NOT ANALYSED: ${reasonTitle(reason ?? 'unknown reason')}`;
  }
}
