import type { PageContext } from '../app/page.js';

/** What the page of a film is opened with. */
export type FilmOptions = Pick<
  PageContext,
  'api' | 'site' | 'models' | 'user' | 'names' | 'list' | 'navigate' | 'say'
> & {
  readonly id: string;
  /** Where the tools go, in the bar above. */
  readonly bar: HTMLElement;
};
