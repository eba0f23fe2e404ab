import { readLoggedFilm } from '../api/index.js';
import { element } from '../dom/element.js';
import { choice, field } from '../ui/field.js';
import { faultText } from '../ui/form.js';
import type { PageContext } from '../app/page.js';
import { fits, liveFilmOf } from '../app/liveFilms.js';
import { liveColumns, liveRow } from './liveRow.js';

/** How many logged films the tail shows when it opens. */
const atFirst = 100;

/**
 * Films as they are answered, newest first, after the latest logged ones. What was seen stays while other pages are
 * open.
 */
export function liveTail({ api, live }: PageContext): { readonly node: HTMLElement; readonly close: () => void } {
  const rows = element('tbody', {});
  const status = element('p', { role: 'status', 'data-tail': 'opening' }, 'Connecting…');
  const head = Object.entries(liveColumns).map(([name, text]) =>
    element('th', { scope: 'col', class: ['score', 'boxes', 'took'].includes(name) ? `number ${name}` : name }, text),
  );
  const state = choice('State', [
    ['', 'all'],
    ['findings', 'findings'],
    ['below-threshold', 'no box'],
    ['not-analysed', 'not analysed'],
  ]);
  const submitter = field('Sent by', { maxlength: 128, autocomplete: 'off', placeholder: 'anyone' });
  const halt = element('button', { type: 'button', on: { click: haltOrGoOn } }, 'Pause');
  const controls = element(
    'form',
    {
      class: 'in-row',
      'aria-label': 'Which films',
      on: {
        submit: (event) => {
          event.preventDefault();
        },
        input: show,
      },
    },
    state.row,
    submitter.row,
    element('p', { class: 'buttons' }, halt),
  );
  const table = element('table', { class: 'live' }, element('thead', {}, element('tr', {}, ...head)), rows);
  const node = element(
    'section',
    {},
    element('h2', { class: 'only-read' }, 'Live'),
    controls,
    status,
    element('div', { class: 'table-scroll' }, table),
  );
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  const closing = new AbortController();
  show();
  open();
  return {
    node,
    close() {
      closing.abort();
      clearTimeout(again);
      source?.close();
    },
  };

  function open(): void {
    // The page may have been left while the session was being checked.
    if (closing.signal.aborted) return;
    source = new EventSource('/v1/detections/tail');
    // Asked once the tail is open: films logged meanwhile arrive twice rather than never.
    source.addEventListener('open', () => void fill(), { once: true });
    source.addEventListener('open', () => {
      say('open', 'Connected: films appear here as they are answered.');
    });
    source.addEventListener('detection', ({ data }) => {
      live.add([readLoggedFilm(JSON.parse(String(data)))]);
      show();
    });
    source.addEventListener('error', () => {
      say('away', 'Connection lost. Reconnecting.');
      if (source?.readyState !== EventSource.CLOSED) return;
      // It gives up if the answer was not a stream: the session may have ended.
      again = setTimeout(() => {
        void api.stillSignedIn().then(open, open);
      }, 3000);
    });
  }

  async function fill(): Promise<void> {
    try {
      const { items } = await api.detections({ limit: atFirst }, closing.signal);
      live.add(items.map(liveFilmOf));
      show();
    } catch (error) {
      if (!closing.signal.aborted) say('open', `Earlier films can't be shown: ${faultText(error)}`);
    }
  }

  function haltOrGoOn(): void {
    if (live.halted) live.goOn();
    else live.halt();
    show();
  }

  function show(): void {
    halt.textContent = live.halted ? `Resume${live.held === 0 ? '' : ` (${live.held} new)`}` : 'Pause';
    halt.setAttribute('aria-pressed', String(live.halted));
    const filter = { state: state.value(), submitter: submitter.input.value.trim() };
    const shown = live.films.filter((film) => fits(film, filter));
    rows.replaceChildren(...shown.map((film) => liveRow(film, api.thumbnailPath(film.id))));
  }

  function say(tail: string, text: string): void {
    status.dataset['tail'] = tail;
    status.textContent = text;
  }
}
