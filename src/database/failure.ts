import { DatabaseUnavailable, QueryTooSlow, UnstorableText } from './errors.js';

/**
 * Translates an error of a back end: DatabaseUnavailable if the database is away or refuses to work, UnstorableText for
 * text that Postgres can't hold, and the error itself for everything else (a programming error, which must stay
 * visible). A read-only statement that timed out is QueryTooSlow; one that writes waited for a lock, so its row could
 * not be written.
 */
export function asDatabaseError(error: unknown, statement = ''): unknown {
  if (error instanceof DatabaseUnavailable || error instanceof UnstorableText) return error;
  const code = codeOf(error);
  if (code !== undefined && unstorable.has(code))
    return new UnstorableText('text with NUL bytes cannot be stored', { cause: error });
  if (code === timedOut && onlyReads(statement))
    return new QueryTooSlow('the query took longer than statement_timeout allows', { cause: error });
  const startup = /unsupported startup parameter/.exec(messageOf(error));
  if (startup !== null) return new DatabaseUnavailable(poolerHint, { cause: error });
  return meansAway(error)
    ? new DatabaseUnavailable(`the database is away: ${messageOf(error)}`, { cause: error })
    : error;
}

/** False for an append, which begins with its common table expressions, and for a row that is locked for update. */
function onlyReads(statement: string): boolean {
  return /^\s*(select|with)\b/i.test(statement) && !/\b(insert into|update|delete from)\b/i.test(statement);
}

/**
 * Postgres can't store U+0000, and half a surrogate pair isn't valid UTF-8: both would fail late or be silently
 * changed.
 */
export function assertStorable(parameters: readonly unknown[]): void {
  for (const parameter of parameters) {
    if (typeof parameter === 'string' && /[\0\p{Surrogate}]/u.test(parameter)) {
      throw new UnstorableText('text with NUL bytes or unpaired surrogates cannot be stored');
    }
  }
}

/** SQLSTATE (5 characters), or the code of a system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** True if the error came from the server itself, so the connection is still in sync with it. */
export function isFromServer(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !systemCodes.has(code);
}

function meansAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (systemCodes.has(code) || sqlStates.has(code) || sqlClasses.has(code.slice(0, 2))))
    return true;
  return error instanceof Error && (crashNames.has(error.name) || lostConnection.test(error.message));
}

/** query_canceled: statement_timeout */
const timedOut = '57014';

const poolerHint =
  'PgBouncer refuses the settings of this session. Set `ignore_startup_parameters = ' +
  'options,statement_timeout,idle_in_transaction_session_timeout` in pgbouncer.ini, and the settings ' +
  'themselves on the role: docs/operations.md, "PgBouncer".';

// character_not_in_repertoire, untranslatable_character (\u0000 in jsonb)
const unstorable = new Set(['22021', '22P05']);

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOSPC',
  'EIO',
  'EROFS',
  'EDQUOT',
  'EMFILE',
]);

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const sqlClasses = new Set([
  '08', // connection exceptions
  '28', // the password was changed meanwhile
  '53', // insufficient resources: disk full, out of memory, too many connections
  '58', // system error: I/O
]);
const sqlStates = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  '57P05', // shut down, crashed, starting up, database dropped, idle session ended
  timedOut,
  '55P03', // lock_not_available: lock_timeout
  '25006', // read-only transaction: this became a standby
  '25P03', // idle_in_transaction_session_timeout
  '3D000', // the database doesn't exist
  '40001',
  '40P01', // serialisation failure, deadlock, after the retries
]);

// A WebAssembly trap ends an embedded database like a crash ends a server.
const crashNames = new Set(['RuntimeError', 'ExitStatus', 'ErrnoError']);

// pg and PGlite throw these without a code.
const lostConnection = new RegExp(
  [
    'connection terminated',
    'timeout exceeded when trying to connect',
    'not queryable',
    'query read timeout',
    'pool after calling end',
    'PGlite is clos',
    'connection error',
    'client was closed',
    'the service that holds the folder',
  ].join('|'),
  'i',
);

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? (codeOf(error) ?? error.name) : error.message;
}
