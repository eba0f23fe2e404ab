import type { Api, Site, User } from '../api/index.js';
import type { Intake } from '../upload/intake.js';
import type { ServedModels } from './servedModels.js';
import type { UploadQueue } from '../upload/queue.js';

/** What every page is given. */
export interface PageContext {
  readonly api: Api;
  readonly site: Site;
  readonly models: ServedModels;
  readonly user: User;
  readonly uploads: UploadQueue;
  readonly intake: Intake;
  /** Names of files sent from this tab, by the id of their report: the server never learns them. */
  readonly names: ReadonlyMap<string, string>;
  /** The films of the list as it was left, for going on to the next one. */
  readonly list: { ids: readonly string[] };
  readonly navigate: (path: string, how?: { readonly replace: boolean }) => void;
  /** Something worth saying that has no place of its own: shown for a while and read out. */
  readonly say: (text: string) => void;
}

/** A page that is shown. */
export interface Page {
  /** Of the browser’s tab. */
  readonly title: string;
  readonly close: () => void;
}
