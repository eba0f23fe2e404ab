import { DatabaseUnavailable, QueryTooSlow, UnstorableText } from '../../database/index.js';
import { AccountError } from '../../auth/index.js';
import { AnalysisRefused } from '../../engine/index.js';
import { FilmNotAnalysed, SubmissionRefused } from '../../submission/index.js';
import { FilmNotKept } from '../../films/index.js';
import { ClaimLost } from '../../log/index.js';
import { ReviewRefused } from '../../reviews/index.js';
import { Problem, type ProblemCode } from './problems.js';

/** The sender hung up before its request was complete: there is nobody to answer, and nothing to log. */
export class SenderGone extends Error {
  override readonly name = 'SenderGone';
}

/** Maps every error to a problem of the catalogue; an unknown error is `internal`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueryTooSlow)
    return new Problem('query-too-slow', 'The query took too long: ask for a shorter time range or fewer rows.', {
      cause: error,
    });
  if (error instanceof DatabaseUnavailable) {
    return new Problem(
      'log-unavailable',
      'The database is unavailable. A film that was just sent may not have been logged: send it again ' +
        'with an Idempotency-Key.',
      { cause: error },
    );
  }
  if (error instanceof UnstorableText)
    return new Problem(
      'bad-parameter',
      "A text in the request has characters that can't be stored: NUL, or half of a surrogate pair.",
      { cause: error },
    );
  if (error instanceof ClaimLost)
    return new Problem(
      'conflict',
      'Another request with this Idempotency-Key was answered meanwhile: retry to get its answer.',
      {
        cause: error,
      },
    );
  if (error instanceof SubmissionRefused)
    return new Problem(error.code === 'in-progress' ? 'conflict' : error.code, error.message, {
      cause: error,
      headers: error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) },
    });
  if (error instanceof FilmNotAnalysed)
    return new Problem(error.code, error.message, {
      cause: error,
      members: { detectionId: error.detectionId },
      headers: { location: `/v1/detections/${error.detectionId}` },
    });
  if (error instanceof AnalysisRefused) return new Problem(error.code, error.message, { cause: error });
  if (error instanceof AccountError)
    return new Problem(accountCodes[error.code], `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`, {
      cause: error,
    });
  if (error instanceof ReviewRefused)
    return new Problem(error.code === 'key-reused' ? 'idempotency-mismatch' : error.code, error.message, {
      cause: error,
    });
  if (error instanceof FilmNotKept) return new Problem('film-not-kept', error.message, { cause: error });
  if (error instanceof SenderGone)
    return new Problem('bad-request', 'The request ended before it was complete.', { cause: error });
  return (
    fromFramework(error) ??
    new Problem('internal', "The request couldn't be served. This is a fault of the service.", { cause: error })
  );
}

const accountCodes: Readonly<Record<AccountError['code'], ProblemCode>> = {
  'bad-name': 'bad-parameter',
  'bad-password': 'bad-parameter',
  'bad-lifetime': 'bad-parameter',
  'user-exists': 'user-exists',
  'name-in-use': 'user-exists',
  'unknown-user': 'not-found',
  'disabled-user': 'bad-parameter',
  'wrong-role': 'bad-parameter',
  'log-in-outdated': 'unauthenticated',
  'last-operator': 'last-operator',
};

/** Error codes of fastify and its plugins. Any other error with a 4xx status is a `bad-request`. */
const frameworkCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_VALIDATION: 'bad-parameter',
  FST_ERR_CTP_BODY_TOO_LARGE: 'upload-too-large',
};

/** Our own messages for framework errors whose text says too little. */
const frameworkDetails: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; JSON was expected.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body does not parse as JSON.',
};

interface FrameworkError extends Error {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly validation?: unknown;
  readonly validationContext?: unknown;
}

function fromFramework(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode, validation, validationContext }: FrameworkError = error;
  if (Array.isArray(validation))
    return new Problem('bad-parameter', validationDetail(validation, validationContext), { cause: error });
  const known = typeof code === 'string' ? frameworkCodes[code] : undefined;
  const isClientFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  if (known === undefined && !isClientFault) return undefined;
  const detail = typeof code === 'string' ? frameworkDetails[code] : undefined;
  return new Problem(known ?? 'bad-request', detail ?? error.message, { cause: error });
}

/** The first schema fault, naming the parameter but never its value, which may point to a patient. */
function validationDetail(validation: readonly unknown[], context: unknown): string {
  const first: unknown = validation[0];
  const where = typeof context === 'string' ? (parameterKinds[context] ?? context) : 'request';
  if (!isSchemaFault(first)) return `The ${where} is not valid.`;
  if (first.keyword === 'additionalProperties') {
    return `There is no ${where} “${String(first.params['additionalProperty'])}”.`;
  }
  if (first.keyword === 'required') return `The ${where} “${String(first.params['missingProperty'])}” is missing.`;
  const name = first.instancePath.slice(1).replaceAll('/', '.');
  const problem = first.keyword === 'pattern' ? "has characters that aren't allowed there" : first.message;
  return `The ${where}${name === '' ? '' : ` “${name}”`} ${problem ?? 'is not valid'}.`;
}

const parameterKinds: Readonly<Record<string, string>> = {
  querystring: 'query parameter',
  params: 'path parameter',
  headers: 'header',
  body: 'body field',
};

interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

function isSchemaFault(value: unknown): value is SchemaFault {
  return (
    typeof value === 'object' && value !== null && 'keyword' in value && 'instancePath' in value && 'params' in value
  );
}
