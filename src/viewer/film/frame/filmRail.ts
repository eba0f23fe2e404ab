import type { Api, ListItem } from '../../api/index.js';
import { element } from '../../dom/element.js';
import { when } from '../../ui/dates.js';
import { icon } from '../../ui/icon.js';
import { stateSign } from '../../report/stateSign.js';

export interface FilmRail {
  readonly node: HTMLElement;
  toggle(): void;
  /** The film after (1) or before (−1) this one in the list. */
  neighbour(direction: 1 | -1): string | undefined;
  close(): void;
}

export interface RailOptions {
  readonly id: string;
  readonly api: Api;
  /** The films of the list as the reader left it; empty if the page was opened by its address. */
  readonly ids: readonly string[];
  readonly names: ReadonlyMap<string, string>;
}

const stored = 'viewer.rail';

/** The other films of the list beside the film, as thumbnails. Closed, it leaves its width to the film. */
export function createFilmRail({ id, api, ids, names }: RailOptions): FilmRail {
  const loading = new AbortController();
  const list = element('ol', {});
  const opener = element(
    'button',
    { type: 'button', class: 'tool', title: 'Other films (F)', 'aria-label': 'Other films', on: { click: toggle } },
    icon('films'),
  );
  const node = element('nav', { class: 'film-rail', 'aria-label': 'Other films' }, opener, list);
  let order = ids.includes(id) ? ids : [];
  let filled = false;
  setOpen(remembered());
  // PgDn needs the order even while the rail is closed.
  void fill().catch((error: unknown) => {
    if (!loading.signal.aborted)
      list.replaceChildren(element('li', { class: 'muted' }, error instanceof Error ? error.message : String(error)));
  });

  async function fill(): Promise<void> {
    if (filled) return;
    filled = true;
    const { items } = await api.detections({ limit: 50 }, loading.signal);
    if (order.length === 0) order = items.map((item) => item.id);
    const known = new Map(items.map((item) => [item.id, item]));
    list.replaceChildren(...order.slice(0, 200).map((one) => element('li', {}, entry(one, known.get(one)))));
    list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }
  function entry(one: string, item: ListItem | undefined): HTMLElement {
    const kept = item === undefined || item.film.status === 'kept';
    const picture = kept
      ? element('img', { src: api.thumbnailPath(one), alt: '', loading: 'lazy', width: 56, height: 56 })
      : element('span', { class: 'no-thumbnail' });
    return element(
      'a',
      { href: `/films/${encodeURIComponent(one)}`, 'aria-current': one === id && 'page' },
      picture,
      item !== undefined &&
        element(
          'span',
          { class: 'rail-state', 'data-state': item.state },
          stateSign(item.state),
          element('span', { class: 'only-read' }, item.state),
        ),
      element('span', { class: 'rail-name' }, names.get(one) ?? (item === undefined ? 'Film' : when(item.createdAt))),
    );
  }
  function setOpen(open: boolean): void {
    node.dataset['open'] = String(open);
    list.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
  }
  function toggle(): void {
    const open = node.dataset['open'] !== 'true';
    setOpen(open);
    try {
      localStorage.setItem(stored, String(open));
    } catch {
      // This browser stores nothing: next time the rail starts closed.
    }
  }

  return {
    node,
    toggle,
    neighbour(direction) {
      const at = order.indexOf(id);
      return at < 0 ? undefined : order[at + direction];
    },
    close() {
      loading.abort();
    },
  };
}

function remembered(): boolean {
  try {
    return localStorage.getItem(stored) === 'true';
  } catch {
    return false;
  }
}
