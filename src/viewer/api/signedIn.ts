import type { Session } from './answers.js';
import { ApiFault } from './fault.js';
import type { SessionState } from './sessionState.js';

export interface SignedInOptions {
  readonly session: SessionState;
  /** The session that the cookie belongs to; undefined if nobody is signed in. */
  readonly resume: () => Promise<Session | undefined>;
  /** The session has ended; resolves once the same user has signed in again through `signIn`. */
  readonly signInAgain: () => Promise<void>;
  /** Another user has signed in from another tab, with the same cookie: this page must not continue. */
  readonly userChanged: () => Promise<never>;
}

/** Keeps the page with its user while sessions end and tabs share a cookie. */
export interface SignedIn {
  /** Several calls may find the session ended; the user is asked once, and only if no other tab has signed in. */
  readonly signInAgain: () => Promise<void>;
  /** For a rejected CSRF token: takes the session of another tab, or asks the user to sign in again. */
  readonly refreshSession: () => Promise<void>;
  /** Takes over a session reported by the server, if it belongs to the same user. */
  readonly take: (found: Session) => Promise<void>;
  /** Does something that needs a session, and repeats it after the session is renewed, at most three times. */
  readonly withSession: <T>(act: () => Promise<T>) => Promise<T>;
}

/** How often an act is repeated with a renewed session before its refusal is final. */
const mostRenewals = 3;

export function createSignedIn({ session, resume, ...options }: SignedInOptions): SignedIn {
  let underWay: Promise<void> | undefined;

  async function take(found: Session): Promise<void> {
    const before = session.current?.user.name;
    if (before !== undefined && found.user.name !== before) await options.userChanged();
    session.set(found);
  }

  /** Whether the cookie has a session, still or again: another tab may have signed in. */
  async function resumed(): Promise<boolean> {
    const found = await resume();
    if (found !== undefined) await take(found);
    return found !== undefined;
  }

  function signInAgain(): Promise<void> {
    underWay ??= (async () => {
      if (!(await resumed())) await options.signInAgain();
    })().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  async function refreshSession(): Promise<void> {
    if (!(await resumed())) await signInAgain();
  }

  return {
    signInAgain,
    refreshSession,
    take,
    async withSession(act) {
      for (let renewals = 0; ; renewals++) {
        try {
          return await act();
        } catch (error) {
          if (!(error instanceof ApiFault) || renewals >= mostRenewals) throw error;
          if (error.status === 401) await signInAgain();
          else if (error.code === 'csrf') await refreshSession();
          else throw error;
        }
      }
    },
  };
}
