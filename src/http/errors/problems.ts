/**
 * The error catalogue: every code that the service can answer with, in one table. The pages under
 * /problems/{code}, docs/problems.md and the examples in OpenAPI are made from it.
 */

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do about it, for the person who reads the page. */
  readonly explanation: string;
  /**
   * Whether the very same request may succeed later without any change to it; `with-new-key`: not under the
   * Idempotency-Key that it had.
   */
  readonly retryable: boolean | 'with-new-key';
}

export const problemKinds = {
  'bad-request': {
    status: 400,
    title: "The request can't be understood",
    explanation:
      'The HTTP message itself is damaged or of a kind that this call does not take: broken multipart ' +
      'framing, a boundary that is missing, JSON that does not parse. Nothing was analysed and nothing ' +
      'was logged as a detection.',
    retryable: false,
  },
  'no-image': {
    status: 400,
    title: 'No image was sent',
    explanation:
      'A multipart request has to hold the film in a file part named `image`. `curl -F image=@film.png` ' +
      'does that; `curl --data-binary @film.png` sends the bytes alone, which works as well.',
    retryable: false,
  },
  'several-images': {
    status: 400,
    title: 'More than one image was sent',
    explanation:
      'A request is about one film. Send every film in a request of its own: they are analysed side by side.',
    retryable: false,
  },
  'empty-image': {
    status: 400,
    title: 'The image has no bytes',
    explanation:
      'The body, or the file part `image`, is 0 bytes long. Often the sender opened the file while it ' +
      'was still being written.',
    retryable: false,
  },
  'bad-parameter': {
    status: 400,
    title: 'A parameter is wrong',
    explanation:
      'A field, header or query parameter is unknown, given twice, too long, of the wrong type or out ' +
      'of its range. `detail` names it. Unknown parameters are refused, because a filter that is ' +
      'silently ignored answers a question that nobody asked.',
    retryable: false,
  },
  'bad-cursor': {
    status: 400,
    title: 'The cursor does not belong to this query',
    explanation:
      "A cursor continues exactly the query that it came from: same filters, same caller's rights. Take " +
      '`nextCursor` (or the `Link` header) as it is, and start without a cursor when the filters ' +
      'change.',
    retryable: false,
  },
  unauthenticated: {
    status: 401,
    title: 'Who is asking is not known',
    explanation:
      'The call needs `Authorization: Bearer …` with a token that was issued here, has not expired and ' +
      'was not revoked, or the cookie of a session that has not ended. For a log-in: name and password ' +
      'do not match an account that may sign in.',
    retryable: false,
  },
  'awaiting-approval': {
    status: 401,
    title: 'The account waits for approval',
    explanation:
      'The password is right. Nobody gets in with the account before an operator has approved it, at the ' +
      'page under Operations, Users.',
    retryable: false,
  },
  'account-disabled': {
    status: 401,
    title: 'The account is disabled',
    explanation: 'The password is right. An operator has shut the account, and can enable it again.',
    retryable: false,
  },
  forbidden: {
    status: 403,
    title: 'This role may not do that',
    explanation:
      "It is known who is asking, but the role does not allow the call. Each call's description names " +
      'the roles that may.',
    retryable: false,
  },
  csrf: {
    status: 403,
    title: 'The request did not come from our own page',
    explanation:
      'Browsers send the cookie of a session whoever made them ask. So what changes something takes the ' +
      'header `X-CSRF-Token` with the `csrfToken` of `GET /v1/session`, and nothing is taken from pages ' +
      'of other sites. Programs use a bearer token, which needs none of this.',
    retryable: false,
  },
  'wrong-password': {
    status: 403,
    title: 'The current password is wrong',
    explanation:
      'Who changes a password has to know the one before. The session goes on. Without the old password ' +
      'an operator can set a new one.',
    retryable: false,
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    explanation:
      'No such path, or no such row among those that this caller may see: a submitter sees its own rows only.',
    retryable: false,
  },
  'unknown-model': {
    status: 404,
    title: 'No such model is loaded',
    explanation: '`GET /v1/models` lists the models that are served. Without `model` the default one is used.',
    retryable: false,
  },
  'film-not-kept': {
    status: 404,
    title: "The film's pixels are not here",
    explanation:
      'The report is in the log, the picture is not: this service keeps no films (IMAGE_STORE), the ' +
      'time for which it keeps them is over (IMAGE_KEEP_DAYS), it was deleted, or it could not be ' +
      "written. `detail` says which. The boxes can still be drawn on the film's size.",
    retryable: false,
  },
  'film-not-deep': {
    status: 404,
    title: 'The film has no 16-bit grey values',
    explanation:
      'This film has 8 bits, or colour: all of it is in `/film`. `X-Film-Bits` and `X-Film-Channels` ' +
      'there say what it has.',
    retryable: false,
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path is there, the method is not',
    explanation: 'The `Allow` header names the methods of this path.',
    retryable: false,
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    explanation:
      'The sender was too slow, or stopped, before the request was complete. Nothing was analysed and ' +
      'nothing was logged.',
    retryable: true,
  },
  conflict: {
    status: 409,
    title: 'The same request is being worked on',
    explanation:
      'Another request with this `Idempotency-Key` has not been answered yet. Ask again after ' +
      '`Retry-After`: then the first report is answered.',
    retryable: true,
  },
  'user-exists': {
    status: 409,
    title: 'The name is taken',
    explanation:
      'There is an account of this name, or a machine that has, or had, a token. Rows belong to names, ' +
      'so no two ever share one.',
    retryable: false,
  },
  'last-operator': {
    status: 409,
    title: 'Somebody has to manage the service',
    explanation: 'This is the only operator who can sign in. Make another one first.',
    retryable: false,
  },
  'upload-too-large': {
    status: 413,
    title: 'The upload is over the limit',
    explanation: 'The body has more bytes than this service takes (MAX_UPLOAD_BYTES). `detail` says how many it takes.',
    retryable: false,
  },
  'image-too-large': {
    status: 413,
    title: 'The image has too many pixels',
    explanation:
      'Pixels are counted from the header, before anything is allocated. Films of any real plate fit by a wide margin.',
    retryable: false,
  },
  'unsupported-image': {
    status: 415,
    title: 'The bytes are not an image of a supported kind',
    explanation:
      'DICOM films, and JPEG, PNG, TIFF and WebP with one page are taken, told by their first bytes and never by ' +
      'the content type. `detail` says what the bytes look like; of a DICOM file, what it holds or which transfer ' +
      'syntax is not read.',
    retryable: false,
  },
  'broken-image': {
    status: 422,
    title: 'The image is damaged',
    explanation:
      "It begins like an image and can't be decoded to its end. A film that arrived in part is never analysed in part.",
    retryable: false,
  },
  'several-frames': {
    status: 422,
    title: 'The DICOM file holds several frames',
    explanation: 'A film is one picture. Send the frame that is meant as a file of its own.',
    retryable: false,
  },
  'image-too-small': {
    status: 422,
    title: 'The image is too small',
    explanation: 'Under 64 pixels on a side there is no film to be judged: usually a thumbnail was sent.',
    retryable: false,
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    explanation:
      'The same key came with another film or other fields. A key stands for one request: make a new ' +
      'one for a new request.',
    retryable: false,
  },
  'rate-limited': {
    status: 429,
    title: 'Too many attempts',
    explanation: 'Log-ins are limited by address and by name. `Retry-After` says when the next one is taken.',
    retryable: true,
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    explanation: 'All headers together have to stay under 16 KiB.',
    retryable: false,
  },
  internal: {
    status: 500,
    title: 'A fault in the service',
    explanation:
      "This should not happen and is ours to mend. `instance` is in the service's own log; nothing was " +
      'answered that is not logged.',
    retryable: true,
  },
  'engine-failed': {
    status: 500,
    title: 'The engine gave up on this film',
    explanation:
      'The film was tried, twice where the engine crashed, and could not be analysed. That is logged: ' +
      '`detectionId` names the row, whose state is `not-analysed`. An `Idempotency-Key` is answered by ' +
      'it: under the same key that report comes again, with 200.',
    retryable: 'with-new-key',
  },
  'queue-full': {
    status: 503,
    title: 'Too many films are waiting',
    explanation:
      'The queue is bounded by count and by bytes, so that those who wait are answered. Send the film ' +
      'again after `Retry-After`.',
    retryable: true,
  },
  'query-too-slow': {
    status: 503,
    title: 'The question took too long',
    explanation:
      'The database gave up on it. The log itself is there, and films are taken. Ask for a shorter time, or ' +
      'with more filters.',
    retryable: false,
  },
  'log-unavailable': {
    status: 503,
    title: "The log can't be written",
    explanation:
      'The database is away. A report that is not logged is not answered, so nothing is answered until ' +
      'it is back. Send the film again after `Retry-After`.',
    retryable: true,
  },
  'not-ready': {
    status: 503,
    title: 'The service is not ready',
    explanation: 'It is starting, restarting its engine, or shutting down. `GET /readyz` says what is missing.',
    retryable: true,
  },
  deadline: {
    status: 504,
    title: 'The film was not analysed in time',
    explanation:
      'Its deadline passed while it waited or while it was analysed. That is logged: `detectionId` ' +
      'names the row, whose state is `not-analysed`. An `Idempotency-Key` is answered by it: under the ' +
      'same key that report comes again, with 200.',
    retryable: 'with-new-key',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;

export const problemCodes = Object.keys(problemKinds).filter(isProblemCode);

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemKinds, code);
}

export interface ProblemOptions extends ErrorOptions {
  /** Members beside those of RFC 9457, e.g. `detectionId`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong at the border. `detail` is shown to the caller: it never holds what points to a patient. */
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
      // The rest of this request is not waited for: the connection ends with the answer.
      ...(problem.code === 'request-timeout' ? { connection: 'close' } : {}),
      ...(problem.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="lesion-detector"' } : {}),
      ...problem.headers,
    },
  };
}
