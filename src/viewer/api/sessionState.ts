import type { Session } from './answers.js';

/** Who is signed in, as far as this tab knows. The cookie itself is out of its reach. */
export interface SessionState {
  readonly current: Session | undefined;
  subscribe(listener: (session: Session | undefined) => void): () => void;
  set(session: Session | undefined): void;
  /** Each answer says when the session will end if nothing more is asked. */
  noteExpiry(expiresAt: string | null): void;
}

export function createSessionState(): SessionState {
  let current: Session | undefined;
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
    noteExpiry(expiresAt) {
      if (expiresAt === null || current === undefined || current.expiresAt === expiresAt) return;
      set({ ...current, expiresAt });
    },
  };
}
