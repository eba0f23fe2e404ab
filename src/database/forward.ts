import type { Socket } from 'node:net';
import { receiveFrames, sendFrame } from './frames.js';
import { connectToHolder } from './hold.js';
import { codeOf } from './failure.js';
import type { Session, SessionPool, SessionRows } from './session.js';

/**
 * A session that says nothing for so long is given up: the service must not wait for a command line that was stopped.
 */
const idleSessionMs = 30_000;

interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}
type Answer =
  | { readonly rows: readonly unknown[]; readonly affectedRows: number }
  | { readonly error: { readonly message: string; readonly code?: string; readonly constraint?: string } };

/**
 * Serves one connection of another process of this user: queries in, rows out, in order. The connection has
 * the session to itself from its first query until it ends; what it left uncommitted is rolled back.
 */
export async function serveSession(socket: Socket, pool: SessionPool): Promise<void> {
  socket.setTimeout(idleSessionMs, () => socket.destroy());
  let session: Session | undefined;
  try {
    for await (const query of receiveFrames(socket)) {
      if (!isQuery(query)) throw new TypeError('a frame that is no query');
      session ??= await pool.acquire();
      sendFrame(socket, await answer(session, query));
    }
  } finally {
    socket.destroy();
    if (session !== undefined) {
      // Outside a transaction this is a mere warning.
      await session.query('rollback', []).finally(() => {
        session?.release();
      });
    }
  }
}

/** Sessions of the service that holds the folder: what the command line uses while the service runs. */
export function openForwarded(folder: string): SessionPool {
  return {
    async acquire() {
      const connection = await connectToHolder(folder);
      if (connection === undefined) throw new Error('the service that holds the folder is gone');
      return new ForwardedSession(connection.socket, connection.frames);
    },
    end: () => Promise.resolve(),
  };
}

class ForwardedSession implements Session {
  readonly #socket: Socket;
  readonly #frames: AsyncGenerator<unknown, void>;

  constructor(socket: Socket, frames: AsyncGenerator<unknown, void>) {
    this.#socket = socket;
    this.#frames = frames;
  }

  async query<Row>(sql: string, parameters: readonly unknown[]): Promise<SessionRows<Row>> {
    sendFrame(this.#socket, { sql, parameters } satisfies Query);
    const { value, done } = await this.#frames.next();
    if (done === true) throw new Error('the service that holds the folder hung up');
    if (!isAnswer<Row>(value))
      throw new Error('the service that holds the folder speaks another protocol: is it of another version?');
    if ('error' in value) throw Object.assign(new Error(value.error.message), value.error);
    return value;
  }

  release(): void {
    // Every query was answered: nothing is under way.
    this.#socket.destroy();
  }
}

async function answer(session: Session, { sql, parameters }: Query): Promise<Answer> {
  try {
    return await session.query(sql, parameters);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = codeOf(error);
    const constraint = 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
    return {
      error: {
        message: error.message,
        ...(code !== undefined && { code }),
        ...(constraint !== undefined && { constraint }),
      },
    };
  }
}

function isQuery(value: unknown): value is Query {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sql' in value &&
    typeof value.sql === 'string' &&
    'parameters' in value &&
    Array.isArray(value.parameters)
  );
}

/** The rows are what the same query gives on the other side; their shape is known to whoever wrote the query. */
function isAnswer<Row>(value: unknown): value is SessionRows<Row> | Extract<Answer, { error: unknown }> {
  if (typeof value !== 'object' || value === null) return false;
  if ('error' in value) return typeof value.error === 'object' && value.error !== null && 'message' in value.error;
  return (
    'rows' in value && Array.isArray(value.rows) && 'affectedRows' in value && typeof value.affectedRows === 'number'
  );
}
