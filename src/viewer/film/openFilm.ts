import type { Api, User } from '../api/index.js';
import { element } from '../dom/element.js';

export interface FilmOptions {
  readonly id: string;
  readonly api: Api;
  readonly user: User;
  navigate(path: string): void;
}

/** Shows a film with what was reported of it, in `host`, until it is closed. */
export function openFilm(host: HTMLElement, { id }: FilmOptions): { close(): void } {
  const place = element('p', {}, `Film ${id}`);
  host.append(place);
  return { close: () => { place.remove(); } };
}
