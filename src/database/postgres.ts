import pg from 'pg';
import { isFromServer } from './failure.js';
import type { Session, SessionPool, SessionRows } from './session.js';

export interface PostgresOptions {
  readonly url: string;
  /** Most sessions. */
  readonly size: number;
  /** 0 for none (migrations). */
  readonly statementTimeoutMs: number;
  /** Called for connections lost while idle; the next query simply takes another. */
  readonly onError: (error: Error) => void;
}

/** A pool of Postgres sessions. Connects on first use. */
export function openPostgres({ url, size, statementTimeoutMs, onError }: PostgresOptions): SessionPool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'lesion-detector',
    max: size,
    keepAlive: true,
    // Also limits the wait in a full pool.
    connectionTimeoutMillis: 5_000,
    ...(statementTimeoutMs > 0 && {
      statement_timeout: statementTimeoutMs,
      // A network that drops packets delivers nothing, not even the server's own timeout.
      query_timeout: statementTimeoutMs + 5_000,
      // A frozen replica must not hold the chain's lock against all others.
      idle_in_transaction_session_timeout: statementTimeoutMs,
    }),
    // A commit returns once it is on disk, whatever the default of the server or role.
    options: '-c synchronous_commit=on',
    types: { getTypeParser },
  });
  // A connection lost while nobody waits for an answer (idle, or between two statements of a transaction) emits an
  // event, and without a listener that ends the process. For idle connections the pool emits it again.
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
      // Out of sync with the server (connection lost, or timed out here while the server still works): never reuse it.
      if (error instanceof Error && !isFromServer(error)) this.#lost = error;
      throw error;
    }
  }

  release(): void {
    this.#client.release(this.#lost);
  }
}

/** int8 as number, like PGlite: only for this pool, not for every user of pg in this process. */
function getTypeParser(...[oid, format]: Parameters<typeof pg.types.getTypeParser>): unknown {
  return oid === pg.types.builtins.INT8 ? safeInteger : pg.types.getTypeParser(oid, format);
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers that a number can hold`);
  return value;
}
