import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import { asDatabaseError, assertStorable } from './failure.js';

export interface SessionRows<Row> {
  readonly rows: Row[];
  readonly affectedRows: number;
}

/** One connection to the database, used only by its holder from `acquire` to `release`. */
export interface Session {
  query<Row>(sql: string, parameters: readonly unknown[]): Promise<SessionRows<Row>>;
  /** Returns the session; the holder must end an open transaction first. */
  release(): void;
}

/**
 * A source of sessions: a Postgres pool, the one session of an embedded database, or a running service that forwards to
 * its own. Errors are the back end's; SessionDialect translates them.
 */
export interface SessionPool {
  acquire(): Promise<Session>;
  end(): Promise<void>;
}

/** A Kysely dialect over any SessionPool: one driver, and one place that translates errors of the back ends. */
export class SessionDialect implements Dialect {
  readonly #pool: SessionPool;

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  createDriver(): Driver {
    return new SessionDriver(this.#pool);
  }
  createAdapter(): PostgresAdapter {
    return new LocklessAdapter();
  }
  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }
  createIntrospector(...[db]: Parameters<Dialect['createIntrospector']>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

/** `migrateAlone` has a lock that holds behind a pooler, too; Kysely's would stay behind in one of its sessions. */
class LocklessAdapter extends PostgresAdapter {
  override acquireMigrationLock(): Promise<void> {
    return Promise.resolve();
  }
  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve();
  }
}

class SessionDriver implements Driver {
  readonly #pool: SessionPool;
  readonly #sessions = new WeakMap<DatabaseConnection, Session>();

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {
    // The pool exists already; connections are opened on demand.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const session = await this.#pool.acquire().catch((error: unknown) => {
      throw asDatabaseError(error);
    });
    const connection = new SessionConnection(session);
    this.#sessions.set(connection, session);
    return connection;
  }

  async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const level = isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`;
    await connection.executeQuery(
      CompiledQuery.raw(`begin${level}${accessMode === undefined ? '' : ` ${accessMode}`}`),
    );
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#sessions.get(connection)?.release();
    return Promise.resolve();
  }
  destroy(): Promise<void> {
    return this.#pool.end();
  }
}

class SessionConnection implements DatabaseConnection {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    assertStorable(parameters);
    try {
      const { rows, affectedRows } = await this.#session.query<Row>(sql, parameters);
      return { rows, numAffectedRows: BigInt(affectedRows) };
    } catch (error) {
      throw asDatabaseError(error, sql);
    }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error(
      'streams are read in keyset pages: a cursor would hold a session for as long as its slowest reader',
    );
  }
}
