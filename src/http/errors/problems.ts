/**
 * The error catalogue: every code that the service can answer with, in one table. The pages under /problems/{code},
 * docs/problems.md and the examples in OpenAPI are generated from it.
 */

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do about it, for the person who reads the page. */
  readonly explanation: string;
  /** Whether the same request may succeed later, unchanged; `with-new-key`: only with another Idempotency-Key. */
  readonly retryable: boolean | 'with-new-key';
}

export const problemKinds = {
  'bad-request': {
    status: 400,
    title: "The request can't be understood",
    explanation:
      "The HTTP message itself is damaged or of a kind that this call doesn't take: broken multipart framing, a " +
      "missing boundary, JSON that doesn't parse. Nothing was analysed, and no detection was logged.",
    retryable: false,
  },
  'no-image': {
    status: 400,
    title: 'No image was sent',
    explanation:
      'A multipart request must hold the film in a file part named `image`. `curl -F image=@film.png` does that; ' +
      '`curl --data-binary @film.png` sends only the bytes, which works as well.',
    retryable: false,
  },
  'several-images': {
    status: 400,
    title: 'More than one image was sent',
    explanation: 'A request holds one film. Send each film in a request of its own: they are analysed side by side.',
    retryable: false,
  },
  'empty-image': {
    status: 400,
    title: 'The image has no bytes',
    explanation:
      'The body, or the file part `image`, has 0 bytes. Often the sender opened the file while it was still ' +
      'being written.',
    retryable: false,
  },
  'bad-parameter': {
    status: 400,
    title: 'A parameter is wrong',
    explanation:
      'A field, header or query parameter is unknown, given twice, too long, of the wrong type or out of range. ' +
      '`detail` names it. Unknown parameters are refused, because ignoring a filter would answer a question that ' +
      'nobody asked.',
    retryable: false,
  },
  'bad-cursor': {
    status: 400,
    title: "The cursor doesn't belong to this query",
    explanation:
      "A cursor continues only the query that it came from: same filters, same order, same caller's rights. Use " +
      '`nextCursor` (or the `Link` header) as it is, and start without a cursor when the filters change.',
    retryable: false,
  },
  unauthenticated: {
    status: 401,
    title: 'Not authenticated',
    explanation:
      "The call needs a session that hasn't ended, or `Authorization: Bearer …` with a token issued here that is " +
      "neither expired nor revoked. At login: name and password don't match an account that may sign in.",
    retryable: false,
  },
  'awaiting-approval': {
    status: 401,
    title: 'The account is waiting for approval',
    explanation: 'The password is right, but an operator must approve the account first, under Operations, Users.',
    retryable: false,
  },
  'account-disabled': {
    status: 401,
    title: 'The account is disabled',
    explanation: 'The password is right, but an operator has disabled the account. An operator can enable it again.',
    retryable: false,
  },
  forbidden: {
    status: 403,
    title: 'This role may not do that',
    explanation:
      "The caller is known, but the role doesn't allow this call. The description of each call names the roles " +
      'that may.',
    retryable: false,
  },
  csrf: {
    status: 403,
    title: 'The request did not come from our own page',
    explanation:
      'A browser sends the session cookie no matter which site made the request. So every change needs the ' +
      'header `X-CSRF-Token` with the `csrfToken` of `GET /v1/session`, and requests from other sites are ' +
      'refused. Programs use a bearer token and need neither.',
    retryable: false,
  },
  'wrong-password': {
    status: 403,
    title: 'The current password is wrong',
    explanation:
      'To change a password you must know the current one. The session goes on. If you have forgotten the ' +
      'password, an operator can set a new one.',
    retryable: false,
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    explanation: 'There is no such path, or no such row that this caller may see: a submitter sees only its own rows.',
    retryable: false,
  },
  'unknown-model': {
    status: 404,
    title: 'No such model is loaded',
    explanation: '`GET /v1/models` lists the models that are served. A request without `model` uses the default one.',
    retryable: false,
  },
  'film-not-kept': {
    status: 404,
    title: "The film's pixels are not kept",
    explanation:
      "The report is in the log but the pixels aren't: this service keeps no films (IMAGE_STORE), the time for " +
      "keeping them is over (IMAGE_KEEP_DAYS), the film was deleted, or it couldn't be written. `detail` says " +
      "which. The boxes can still be drawn at the film's size.",
    retryable: false,
  },
  'film-not-deep': {
    status: 404,
    title: 'The film has no 16-bit grey values',
    explanation:
      'This film has 8 bits a sample, or colour: `/film` has all of it. Its `X-Film-Bits` and `X-Film-Channels` ' +
      'headers say what it has.',
    retryable: false,
  },
  'no-dicom-result': {
    status: 404,
    title: 'This result can not be written as DICOM',
    explanation:
      'A result goes into the study of its film. So the film must have come as a DICOM file, and its references must ' +
      "not have been erased. A presentation state also needs a film that was decoded. `detail` says what's missing.",
    retryable: false,
  },
  'method-not-allowed': {
    status: 405,
    title: "This path doesn't take that method",
    explanation: 'The `Allow` header names the methods that it takes.',
    retryable: false,
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    explanation:
      'The sender was too slow, or stopped, before the request was complete. Nothing was analysed or logged.',
    retryable: true,
  },
  conflict: {
    status: 409,
    title: 'The same request is still running',
    explanation:
      'Another request with this `Idempotency-Key` has not been answered yet. Retry after `Retry-After` to get ' +
      'its report.',
    retryable: true,
  },
  'not-proven-yet': {
    status: 409,
    title: 'No checkpoint covers it yet',
    explanation:
      'The detection is logged, but no signed checkpoint covers it so far: one is signed every few minutes ' +
      '(CHECKPOINT_MINUTES, CHECKPOINT_ENTRIES). Retry after `Retry-After`. With `size`: no checkpoint of this size ' +
      'covers it, and none ever will; leave it out, or take one from `GET /v1/log/checkpoints`.',
    retryable: true,
  },
  'user-exists': {
    status: 409,
    title: 'The name is taken',
    explanation:
      'The name belongs to an account, or to a machine that has or had a token. Rows belong to names, so no two ' +
      'accounts ever share one.',
    retryable: false,
  },
  'last-operator': {
    status: 409,
    title: 'The last operator must stay',
    explanation: 'This is the only operator who can sign in. Make another one first.',
    retryable: false,
  },
  'upload-too-large': {
    status: 413,
    title: 'The upload is too large',
    explanation: 'The body has more bytes than this service takes (MAX_UPLOAD_BYTES). `detail` gives the limit.',
    retryable: false,
  },
  'image-too-large': {
    status: 413,
    title: 'The image has too many pixels',
    explanation: 'Pixels are counted from the header, before anything is allocated. Real films fit by a wide margin.',
    retryable: false,
  },
  'unsupported-image': {
    status: 415,
    title: 'The image format is not supported',
    explanation:
      'Supported are DICOM, JPEG, PNG, WebP and single-page TIFF, recognised by their first bytes and never by ' +
      'the content type. `detail` says what the bytes look like or, for a DICOM file, what it holds or which ' +
      "transfer syntax can't be read.",
    retryable: false,
  },
  'broken-image': {
    status: 422,
    title: 'The image is damaged',
    explanation: "It begins like an image but can't be decoded to its end. A partial film is never analysed.",
    retryable: false,
  },
  'several-frames': {
    status: 422,
    title: 'The DICOM file has several frames',
    explanation: 'A film is one picture. Send the frame you mean as a file of its own.',
    retryable: false,
  },
  'image-too-small': {
    status: 422,
    title: 'The image is too small',
    explanation: "An image under 64 pixels on a side is no film; it's usually a thumbnail.",
    retryable: false,
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    explanation:
      'The same key came with another film, other fields or another review. A key stands for one request: make a new ' +
      'key for each.',
    retryable: false,
  },
  'bad-review': {
    status: 422,
    title: 'The review contradicts itself or says nothing',
    explanation:
      'A box is judged twice, `moved` comes without `movedTo` (or another verdict with it), or there is no verdict, ' +
      'no drawn box, no `complete`, no `filmVerdict` and no `comment`.',
    retryable: false,
  },
  'box-outside-film': {
    status: 422,
    title: 'A box is not on the film',
    explanation:
      'A box must have a size and lie inside the film: pixels of the upright film, from its top left corner, up to ' +
      '`image.width` and `image.height` of the report. `detail` names the box.',
    retryable: false,
  },
  'film-not-analysed': {
    status: 422,
    title: 'The film was not analysed',
    explanation:
      'There are no boxes to judge and nothing was looked for: a review of such a report has only `filmVerdict` and ' +
      '`comment`.',
    retryable: false,
  },
  'too-many-boxes': {
    status: 422,
    title: 'The review has too many boxes',
    explanation: 'Judged and drawn boxes together are at most 500.',
    retryable: false,
  },
  'unknown-box': {
    status: 422,
    title: 'The box is not of this report',
    explanation:
      'Verdicts name boxes by their `id`: those of the report, and candidates below its threshold that a view with ' +
      '`minScore` shows. `detail` says which verdict names another.',
    retryable: false,
  },
  'unknown-class': {
    status: 422,
    title: 'The network does not know this class',
    explanation: 'A drawn box has one of the classes that the network looked for: `lookedFor` in the report.',
    retryable: false,
  },
  'rate-limited': {
    status: 429,
    title: 'Too many attempts',
    explanation: 'Login attempts are limited by address and by name. `Retry-After` says when to try again.',
    retryable: true,
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    explanation: 'All headers together must stay under 16 KiB.',
    retryable: false,
  },
  internal: {
    status: 500,
    title: 'Internal error',
    explanation:
      "This is a fault of the service, not of the request. `instance` is in the service's own log. No report " +
      'leaves the service unless it is in the detection log.',
    retryable: true,
  },
  'engine-failed': {
    status: 500,
    title: "The film couldn't be analysed",
    explanation:
      'The engine failed on this film, after two attempts if it crashed. This is logged: `detectionId` names the ' +
      'row, whose state is `not-analysed`. It also counts as the answer to the `Idempotency-Key`: the same key ' +
      'gets that report again, with 200.',
    retryable: 'with-new-key',
  },
  'queue-full': {
    status: 503,
    title: 'Too many films are waiting',
    explanation:
      'The queue is bounded by films and by bytes, so that those already waiting get an answer. Retry after ' +
      '`Retry-After`.',
    retryable: true,
  },
  'query-too-slow': {
    status: 503,
    title: 'The query took too long',
    explanation:
      'The database gave up on it. The log is intact and films are still taken. Ask for a shorter time range, or ' +
      'add filters.',
    retryable: false,
  },
  'log-unavailable': {
    status: 503,
    title: 'The log is unavailable',
    explanation:
      "The database can't be reached. A report is answered only once it is logged, so films get no report until " +
      'the database is back. Retry after `Retry-After`.',
    retryable: true,
  },
  'not-ready': {
    status: 503,
    title: 'The service is not ready',
    explanation: 'It is starting, restarting its engine or shutting down. `GET /readyz` says what is missing.',
    retryable: true,
  },
  deadline: {
    status: 504,
    title: 'The film was not analysed in time',
    explanation:
      'Its deadline passed while it waited or was being analysed. This is logged: `detectionId` names the row, ' +
      'whose state is `not-analysed`. It also counts as the answer to the `Idempotency-Key`: the same key gets ' +
      'that report again, with 200.',
    retryable: 'with-new-key',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;

export const problemCodes = Object.keys(problemKinds).filter(isProblemCode);

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemKinds, code);
}

export interface ProblemOptions extends ErrorOptions {
  /** Members in addition to those of RFC 9457, e.g. `detectionId`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as the caller sees it. `detail` is shown to the caller: it never holds what points to a patient. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(`${code}: ${detail}`, options);
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return problemKinds[this.code].status;
  }
}

const problemMediaType = 'application/problem+json';

/** Seconds after which a retryable problem is worth another try. */
const retryAfterS: Partial<Record<ProblemCode, number>> = {
  conflict: 1,
  'not-proven-yet': 60,
  'queue-full': 2,
  'log-unavailable': 5,
  'not-ready': 5,
};

/** The body (RFC 9457) and the headers of a problem. `instanceId` is the UUID of the request. */
export function problemAnswer(
  problem: Problem,
  instanceId: string,
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const retryAfter = retryAfterS[problem.code];
  return {
    body: JSON.stringify({
      type: `/problems/${problem.code}`,
      title: problemKinds[problem.code].title,
      status: problem.status,
      detail: problem.detail,
      code: problem.code,
      instance: `urn:uuid:${instanceId}`,
      ...problem.members,
    }),
    headers: {
      'content-type': problemMediaType,
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      // Don't wait for the rest of this request: the connection ends with the answer.
      ...(problem.code === 'request-timeout' ? { connection: 'close' } : {}),
      ...(problem.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="lesion-detector"' } : {}),
      ...problem.headers,
    },
  };
}
