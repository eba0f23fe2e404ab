import type { Session } from './answers.js';

/** Who is signed in, as far as this tab knows: scripts can't read the cookie. */
export interface SessionState {
  readonly current: Session | undefined;
  subscribe(listener: (session: Session | undefined) => void): () => void;
  set(session: Session | undefined): void;
  /** Each answer says when the session ends if unused; its `Date` header gives the server's time. */
  noteExpiry(expiresAt: string | null, date: string | null): void;
  /** The server's clock, ms: sessions end by it, and this machine's may be hours off. */
  serverNow(): number;
}

/** @param now this machine's clock, ms */
export function createSessionState(now: () => number = Date.now): SessionState {
  let current: Session | undefined;
  let serverAheadMs = 0;
  const listeners = new Set<(session: Session | undefined) => void>();
  const set = (session: Session | undefined): void => {
    current = session;
    for (const listener of listeners) listener(session);
  };
  return {
    get current() {
      return current;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set,
    noteExpiry(expiresAt, date) {
      const serverMs = Date.parse(date ?? '');
      if (!Number.isNaN(serverMs)) serverAheadMs = serverMs - now();
      if (expiresAt === null || current === undefined || current.expiresAt === expiresAt) return;
      set({ ...current, expiresAt });
    },
    serverNow: () => now() + serverAheadMs,
  };
}
