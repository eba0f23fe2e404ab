import type { Api } from '../api/index.js';
import { whileVisible } from './whileVisible.js';
import { element } from '../dom/element.js';

const askEveryMs = 60_000;

/** How many accounts wait for approval: kept up to date while an operator is here, and shown beside links. */
export interface WaitingAccounts {
  /** A badge for a link; empty if nobody waits. */
  badge(): HTMLElement;
  refresh(): Promise<void>;
  close(): void;
}

export function watchWaitingAccounts(api: Pick<Api, 'waitingAccounts'>): WaitingAccounts {
  const stop = new AbortController();
  const badges = new Set<WeakRef<HTMLElement>>();
  let waiting = 0;
  const refresh = async (): Promise<void> => {
    try {
      waiting = await api.waitingAccounts(stop.signal);
    } catch {
      // Unknown, so not shown; the next round asks again.
      return;
    }
    for (const ref of badges) {
      const badge = ref.deref();
      if (badge === undefined) badges.delete(ref);
      else show(badge, waiting);
    }
  };
  const stopAsking = whileVisible(askEveryMs, refresh);
  void refresh();
  return {
    badge() {
      const badge = element('span', { class: 'badge-waiting' });
      badges.add(new WeakRef(badge));
      show(badge, waiting);
      return badge;
    },
    refresh,
    close() {
      stop.abort();
      stopAsking();
    },
  };
}

function show(badge: HTMLElement, waiting: number): void {
  badge.hidden = waiting === 0;
  badge.replaceChildren(
    ...(waiting === 0 ? [] : [String(waiting), element('span', { class: 'only-read' }, waitingText(waiting))]),
  );
}

function waitingText(waiting: number): string {
  return waiting === 1 ? ' account waits for approval' : ' accounts wait for approval';
}
