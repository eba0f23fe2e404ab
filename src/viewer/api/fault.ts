import { object, optional, string } from './shape.js';

/** Why a call came to nothing: an answer of the server that says so, or no answer at all. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Of the server’s catalogue (/problems/{code}); `unreachable` where no answer came, `unreadable` where it could not be read. */
  readonly code: string;
  readonly retryAfterS: number | undefined;
  /** The row of a film that was tried in vain. */
  readonly detectionId: string | undefined;

  constructor(at: {
    readonly status: number;
    readonly code: string;
    readonly detail: string;
    readonly retryAfterS?: number | undefined;
    readonly detectionId?: string | undefined;
    readonly cause?: unknown;
  }) {
    super(at.detail, at.cause === undefined ? {} : { cause: at.cause });
    this.status = at.status;
    this.code = at.code;
    this.retryAfterS = at.retryAfterS;
    this.detectionId = at.detectionId;
  }

  /** Whether the very same call may succeed later without any change to it. */
  get passing(): boolean {
    return (
      this.code === 'unreachable' ||
      (this.status >= 502 && this.status <= 504 && this.detectionId === undefined) ||
      this.status === 429 ||
      (this.status === 409 && this.retryAfterS !== undefined)
    );
  }
}

/** The fault in an answer that is no success; `text` is its body. */
export function faultOf(status: number, text: string, retryAfter: string | null): ApiFault {
  const retryAfterS = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  try {
    const { code, detail, detectionId } = problem(JSON.parse(text), '');
    return new ApiFault({ status, code, detail, retryAfterS, detectionId });
  } catch {
    // A proxy on the way answers in its own words.
    return new ApiFault({
      status,
      code: `http-${status}`,
      detail: `The server answered with status ${status}.`,
      retryAfterS,
    });
  }
}

export function unreachable(cause: unknown): ApiFault {
  return new ApiFault({ status: 0, code: 'unreachable', detail: 'The server does not answer.', cause });
}

const problem = object({ code: string, detail: string, detectionId: optional(string) });
