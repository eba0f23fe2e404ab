import { ApiFault, faultOf, unreachable } from './fault.js';
import type { Connection } from './connection.js';
import type { SessionState } from './sessionState.js';
import type { Reader } from './answers.js';
import { AnswerError } from './answerSchema.js';

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /**
   * Retry until the server answers or the signal aborts. By default only calls that read are retried; a call
   * that changes something fails at once, and what the user typed stays in place.
   */
  readonly repeat?: boolean;
  /** The page polls on its own. That doesn't count as use of the session, which expires in spite of it. */
  readonly unattended?: boolean;
  /** A 401 rejects what was typed; it does not mean that the session has ended. */
  readonly asksWhoYouAre?: boolean;
}

export interface Transport {
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Response>;
  /** The JSON answer, checked by its reader. @throws {ApiFault} */
  readonly read: <T>(reader: Reader<T>, method: string, path: string, options?: CallOptions) => Promise<T>;
}

export interface TransportContext {
  readonly session: SessionState;
  readonly connection: Connection;
  /** The session has ended; resolves once the same user has signed in again. */
  readonly signInAgain: () => Promise<void>;
  /** Asks the server who is signed in after it rejected our CSRF token. */
  readonly refreshSession: () => Promise<void>;
}

export function createTransport(context: TransportContext): Transport {
  const { session, connection } = context;

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    const reads = method === 'GET';
    const repeat = options.repeat ?? reads;
    let refreshed = false;
    for (let attempt = 1; ; attempt++) {
      options.signal?.throwIfAborted();
      const fault = await once(method, path, options);
      if (fault instanceof Response) return fault;
      if (fault.status === 401 && options.asksWhoYouAre !== true) {
        await context.signInAgain();
        attempt = 0;
      } else if (fault.code === 'csrf' && !refreshed) {
        refreshed = true;
        await context.refreshSession();
      } else if (repeat && fault.passing) {
        await connection.pause(attempt, (fault.retryAfterS ?? 0) * 1000, options.signal);
      } else {
        throw fault;
      }
    }
  }

  /** One attempt: the answer or the fault. */
  async function once(
    method: string,
    path: string,
    { body, signal, unattended }: CallOptions,
  ): Promise<Response | ApiFault> {
    const headers = new Headers({ accept: 'application/json, */*' });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (unattended === true) headers.set('x-unattended', '1');
    if (method !== 'GET' && session.current !== undefined) headers.set('x-csrf-token', session.current.csrfToken);
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers,
        credentials: 'same-origin',
        redirect: 'error',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (!response.ok) {
        const fault = faultOf(response.status, await response.text(), response.headers.get('retry-after'));
        noteAnswer(fault);
        return fault;
      }
    } catch (error) {
      if (signal?.aborted === true) throw error;
      connection.lost();
      return unreachable(error);
    }
    connection.found();
    session.noteExpiry(response.headers.get('x-session-expires-at'), response.headers.get('date'));
    return response;
  }

  /** A gateway's 502–504 means that the server is away; the server's own 503 with a code means that it is busy. */
  function noteAnswer(fault: ApiFault): void {
    if (fault.code === 'log-unavailable' || fault.code === 'not-ready' || /^http-50[234]$/.test(fault.code))
      connection.lost();
    else connection.found();
  }

  return {
    call,
    async read(reader, method, path, options = {}) {
      const response = await call(method, path, options);
      try {
        return reader(await response.json());
      } catch (error) {
        if (options.signal?.aborted === true) throw error;
        if (error instanceof AnswerError)
          throw new ApiFault({ status: response.status, code: 'unreadable', detail: error.message, cause: error });
        throw new ApiFault({
          status: response.status,
          code: 'unreadable',
          detail: "The server's answer can't be read.",
          cause: error,
        });
      }
    },
  };
}
