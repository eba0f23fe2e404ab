import type { PageContext } from '../app/page.js';
import type { PixelReader } from './pixels/reader.js';
import { ShownFilm } from './state/shownFilm.js';

/** Opens a film; `changed` is called whenever more of it is known. */
export type FilmOpener = (id: string, changed: () => void) => ShownFilm;

/** Opens the films of a page: the film it is about, and those compared with it. All share one reader of pixels. */
export function filmOpener(
  {
    api,
    models,
    user,
  }: {
    readonly api: Pick<PageContext['api'], 'detection' | 'film' | 'grey16' | 'references'>;
    readonly models: Pick<PageContext['models'], 'find'>;
    readonly user: Pick<PageContext['user'], 'role'>;
  },
  reader: PixelReader,
): FilmOpener {
  // Operators may not see whose film it is: they don't even ask.
  const identified =
    user.role === 'operator' ? {} : { references: (id: string, signal: AbortSignal) => api.references(id, signal) };
  return (id, changed) => new ShownFilm(id, { api, models, reader, changed, ...identified });
}
