import type { Api, Site, User } from './api/index.js';

/** What every page is given. */
export interface PageContext {
  readonly api: Api;
  readonly site: Site;
  readonly user: User;
  navigate(path: string, how?: { readonly replace: boolean }): void;
}

/** A page that is shown: it fills `host` until it is closed. */
export interface Page {
  readonly title: string;
  close(): void;
}
