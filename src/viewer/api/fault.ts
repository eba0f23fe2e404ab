import { checkAnswer } from './answerSchema.js';

/** Why a call failed: the server said so, or didn't answer at all. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  /** HTTP status; 0 if no answer arrived. */
  readonly status: number;
  /** From the server's catalogue (/problems/{code}), or `unreachable` (no answer), or `unreadable` (not understood). */
  readonly code: string;
  readonly retryAfterS: number | undefined;
  /** The log row of a film whose analysis failed. */
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

  /** Whether the same call, unchanged, may succeed later. */
  get passing(): boolean {
    return (
      this.code === 'unreachable' ||
      (this.status >= 502 && this.status <= 504 && this.detectionId === undefined) ||
      this.status === 429 ||
      (this.status === 409 && this.retryAfterS !== undefined)
    );
  }
}

/** The fault in an unsuccessful answer; `text` is its body. */
export function faultOf(status: number, text: string, retryAfter: string | null): ApiFault {
  const retryAfterS = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  try {
    const problem: unknown = JSON.parse(text);
    assertProblem(problem);
    const { code, detail, detectionId } = problem;
    return new ApiFault({ status, code, detail, retryAfterS, detectionId });
  } catch {
    // Not our format: a proxy answered.
    return new ApiFault({
      status,
      code: `http-${status}`,
      detail: `The server answered with status ${status}.`,
      retryAfterS,
    });
  }
}

export function unreachable(cause: unknown): ApiFault {
  return new ApiFault({ status: 0, code: 'unreachable', detail: 'The server is not responding.', cause });
}

interface ProblemAnswer {
  readonly code: string;
  readonly detail: string;
  readonly detectionId?: string | undefined;
}

/** Laxer than the service's own schema: a code that this page doesn't know yet is still a problem. */
function assertProblem(value: unknown): asserts value is ProblemAnswer {
  const text = { type: 'string' };
  const properties = { code: text, detail: text, detectionId: text };
  checkAnswer(value, { type: 'object', properties, required: ['code', 'detail'] }, {});
}
