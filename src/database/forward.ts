import type { Socket } from 'node:net';
import { receiveFrames, sendFrame } from './frames.js';
import { connectToHolder } from './hold.js';
import { codeOf } from './failure.js';
import type { Session, SessionPool, SessionRows } from './session.js';

/**
 * A session that is silent for this long is dropped: the service must not wait for a suspended command line.
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
 * Serves one connection from another process of this user: queries in, rows out, in order. The connection has a session
 * to itself from its first query until it ends; uncommitted changes are rolled back.
 */
export async function serveSession(socket: Socket, pool: SessionPool): Promise<void> {
  socket.setTimeout(idleSessionMs, () => socket.destroy());
  let session: Session | undefined;
  try {
    for await (const query of receiveFrames(socket)) {
      if (!isQuery(query)) throw new TypeError('a frame that is not a query');
      session ??= await pool.acquire();
      sendFrame(socket, await answer(session, query));
    }
  } finally {
    socket.destroy();
    if (session !== undefined) {
      // Outside a transaction this is only a warning.
      await session.query('rollback', []).finally(() => {
        session?.release();
      });
    }
  }
}

/** Sessions of the service that holds the folder, for the command line while the service runs. */
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
      throw new Error('the service that holds the folder speaks another protocol: is it another version?');
    if ('error' in value) throw Object.assign(new Error(value.error.message), value.error);
    return value;
  }

  release(): void {
    // Every query was answered: nothing is pending.
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

/** The rows are those of the same query on the other side; whoever wrote the query knows their shape. */
function isAnswer<Row>(value: unknown): value is SessionRows<Row> | Extract<Answer, { error: unknown }> {
  if (typeof value !== 'object' || value === null) return false;
  if ('error' in value) return typeof value.error === 'object' && value.error !== null && 'message' in value.error;
  return (
    'rows' in value && Array.isArray(value.rows) && 'affectedRows' in value && typeof value.affectedRows === 'number'
  );
}
