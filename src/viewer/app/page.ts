import type { Api, Site, User } from '../api/index.js';
import type { Intake } from '../upload/intake.js';
import type { ListInTab } from './listInTab.js';
import type { LiveFilms } from './liveFilms.js';
import type { WaitingAccounts } from './waitingAccounts.js';
import type { ServedModels } from './servedModels.js';
import type { UploadQueue } from '../upload/queue.js';

/** What every page gets. */
export interface PageContext {
  readonly api: Api;
  readonly site: Site;
  readonly models: ServedModels;
  readonly user: User;
  /** For operators: accounts that wait for approval. */
  readonly waiting?: WaitingAccounts | undefined;
  /** For operators: what the live tail has seen. */
  readonly live: LiveFilms;
  readonly uploads: UploadQueue;
  readonly intake: Intake;
  /** Names of the files sent from this tab, by the id of their report: the server never sees them. */
  readonly names: ReadonlyMap<string, string>;
  /** The list of films, kept while other pages are shown. */
  readonly list: ListInTab;
  readonly navigate: (path: string, how?: { readonly replace: boolean }) => void;
  /** Shows a short message for a while, and has screen readers read it out. */
  readonly say: (text: string) => void;
}

/** The page on show. */
export interface Page {
  /** Title of the browser's tab. */
  readonly title: string;
  /** Called once the page is in the window, scrolled to the top. */
  readonly opened?: () => void;
  readonly close: () => void;
}
