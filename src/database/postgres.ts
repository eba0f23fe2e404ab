import pg from 'pg';
import { isFromServer } from './failure.js';
import type { Session, SessionPool, SessionRows } from './session.js';

export interface PostgresOptions {
  readonly url: string;
  /** Sessions at most. */
  readonly size: number;
  /** 0: none (migrations). */
  readonly statementTimeoutMs: number;
  /** Told of connections lost while nobody waited for an answer; the next query simply takes another. */
  readonly onError: (error: Error) => void;
}

/** A pool of Postgres sessions. Connects when first used. */
export function openPostgres({ url, size, statementTimeoutMs, onError }: PostgresOptions): SessionPool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'lesion-detector',
    max: size,
    keepAlive: true,
    // Holds for waiting in a full pool, too.
    connectionTimeoutMillis: 5_000,
    ...(statementTimeoutMs > 0 && {
      statement_timeout: statementTimeoutMs,
      // A network that swallows packets answers nothing, not even a time-out of the server.
      query_timeout: statementTimeoutMs + 5_000,
      // A frozen replica must not hold the chain's lock against all others.
      idle_in_transaction_session_timeout: statementTimeoutMs,
    }),
    // A commit is answered when it is on disk, whatever the server or the role has as its default.
    options: '-c synchronous_commit=on',
    types: { getTypeParser },
  });
  // A connection that is cut while nobody waits for an answer (idle, or between two statements of a
  // transaction) is an event, and one without a listener ends the process. The pool repeats it when idle.
  pool.on('connect', (client) => client.on('error', onError));
  pool.on('error', () => undefined);
  return {
    acquire: async () => new PostgresSession(await pool.connect()),
    end: () => pool.end(),
  };
}

class PostgresSession implements Session {
  readonly #client: pg.PoolClient;
  #lost: Error | undefined;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async query<Row>(sql: string, parameters: readonly unknown[]): Promise<SessionRows<Row>> {
    if (this.#lost !== undefined) throw this.#lost;
    try {
      const { rows, rowCount } = await this.#client.query<Row & pg.QueryResultRow>(sql, [...parameters]);
      return { rows, affectedRows: rowCount ?? 0 };
    } catch (error) {
      // Out of step with the server (cut, or timed out here while the server still works): never used again.
      if (error instanceof Error && !isFromServer(error)) this.#lost = error;
      throw error;
    }
  }

  release(): void {
    this.#client.release(this.#lost);
  }
}

/** int8 as number, as PGlite gives it: for this pool only, not for everyone who uses pg in this process. */
function getTypeParser(...[oid, format]: Parameters<typeof pg.types.getTypeParser>): unknown {
  return oid === pg.types.builtins.INT8 ? safeInteger : pg.types.getTypeParser(oid, format);
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers that a number can hold`);
  return value;
}
