import type { Api, Session, Site } from '../api/index.js';
import type { PageContext } from '../app/page.js';
import { createServedModels } from '../app/servedModels.js';
import { keys } from '../keys/keys.js';
import { LiveFilms } from '../app/liveFilms.js';
import { watchWaitingAccounts } from '../app/waitingAccounts.js';
import { uploadChip } from '../upload/chip.js';
import { openIntake } from '../upload/intake.js';
import { UploadQueue } from '../upload/queue.js';
import { sha256Of } from '../upload/sha256.js';
import { watchExpiry } from './expiry.js';
import { type Frame, openFrame } from './frame.js';
import { showHelp } from './help.js';

/** One user's time on the page: begins at sign-in, ends at sign-out. */
export interface Visit {
  readonly frame: Frame;
  readonly context: PageContext;
  /** Removes everything of the user from the page, including unsent films. */
  readonly close: () => void;
}

export interface VisitOptions {
  readonly api: Api;
  readonly site: Site;
  readonly navigate: PageContext['navigate'];
  readonly signOut: () => void;
}

export function startVisit(host: HTMLElement, { user }: Session, options: VisitOptions): Visit {
  const { api, site, navigate, signOut } = options;
  const names = new Map<string, string>();
  const models = createServedModels(api, site);
  const uploads = queueOf(api, site);
  const chip = uploadChip(uploads);
  const waiting = user.role === 'operator' ? watchWaitingAccounts(api) : undefined;
  const frame = openFrame(host, {
    api,
    site,
    models,
    user,
    waiting,
    navigate,
    showHelp,
    uploadChip: chip.node,
    signOut,
  });
  const say = (text: string): void => {
    frame.say(text);
  };
  const intake = openIntake({ uploads, host, say });
  const stops = [
    uploads.subscribe(() => {
      rememberNames(uploads, names);
    }),
    watchExpiry(api, host),
    keys.register('Everywhere', [{ id: 'page.help', keys: ['?'], help: 'Show this list', press: showHelp }]),
    askBeforeLeaving(uploads),
  ];
  return {
    frame,
    context: {
      api,
      site,
      models,
      user,
      waiting,
      live: new LiveFilms(),
      uploads,
      intake,
      names,
      list: { ids: [] },
      navigate,
      say,
    },
    close() {
      intake.close();
      for (const stop of stops) stop();
      chip.close();
      waiting?.close();
      uploads.empty();
      frame.close();
    },
  };
}

function queueOf(api: Api, site: Site): UploadQueue {
  return new UploadQueue({
    maxBytes: site.maxUploadBytes,
    hash: sha256Of,
    async find({ sha256, model = site.model.name }, signal) {
      const { items } = await api.detections({ sha256, model, limit: 10 }, signal);
      return items.find(({ state }) => state !== 'not-analysed');
    },
    send: (request) => api.upload(request),
    pause: (attempt, leastMs, signal) => api.connection.pause(attempt, leastMs, signal),
    newKey: () => crypto.randomUUID(),
    now: () => Date.now(),
  });
}

function rememberNames(uploads: UploadQueue, names: Map<string, string>): void {
  for (const { status, name } of uploads.uploads) if (status.kind === 'done') names.set(status.report.id, name);
}

function askBeforeLeaving(uploads: UploadQueue): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (uploads.unsent > 0) event.preventDefault();
  };
  window.addEventListener('beforeunload', ask);
  return () => {
    window.removeEventListener('beforeunload', ask);
  };
}
