import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './failure.js';
import { receiveFrames, sendFrame } from './frames.js';

/** Exclusive use of a folder, until `release` or the process ends in any way. */
export interface Hold {
  /** Passes connections from other processes to this function from now on. */
  serve(onConnection: (socket: Socket) => void): void;
  /** Closes all connections and accepts no more; the folder stays held. */
  hangUp(): void;
  release(): Promise<void>;
}

/**
 * Takes a folder for this process; undefined if another process has it.
 *
 * Each process listens on a unix socket of its own in the folder and then asks every other socket there: one that
 * answers is alive; one that refuses was left by a dead process and is removed. Since every process listens before it
 * asks, of two that start at once at least one sees the other; if both do, both step back and retry. The kernel closes
 * a socket with its process, so no lock is ever stale.
 */
export async function holdFolder(folder: string): Promise<Hold | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  for (let attempt = 0; attempt < 20; attempt++) {
    const own = await listen(folder);
    const others = await askOthers(folder, own.name);
    if (others === 'none') return own.hold();
    await own.close();
    if (others === 'holding') return undefined;
    await sleep(20 + Math.random() * 100);
  }
  return undefined;
}

/** A connection to the process that holds the folder, after its greeting; undefined if none holds it. */
export async function connectToHolder(folder: string): Promise<Pick<Greeted, 'socket' | 'frames'> | undefined> {
  for (const name of await socketNames(folder)) {
    const answer = await ask(folder, name);
    if (answer === 'dead' || answer === 'closing') continue;
    if (answer.greeting === 'holding') return answer;
    answer.socket.destroy();
    if (answer.greeting === 'silent') throw new Error('the service that holds the folder does not answer');
  }
  return undefined;
}

interface Listening {
  readonly name: string;
  hold(): Hold;
  close(): Promise<void>;
}

async function listen(folder: string): Promise<Listening> {
  const name = `held-${process.pid}-${randomBytes(4).toString('hex')}.sock`;
  let state: 'claiming' | 'holding' | 'leaving' = 'claiming';
  let serve: ((socket: Socket) => void) | undefined;
  // Connections that arrived while the holder was still opening the database.
  let early: Socket[] = [];
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    if (state === 'leaving') {
      socket.destroy();
      return;
    }
    sendFrame(socket, state);
    if (state === 'claiming') socket.end();
    else if (serve === undefined) early.push(socket);
    else serve(socket);
  });
  const path = await socketPath(folder, name);
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path.path, resolve));
    await chmod(join(folder, name), 0o600);
  } finally {
    await path.close();
  }
  // The socket must not keep an otherwise finished process alive.
  server.unref();
  const close = async (): Promise<void> => {
    for (const socket of connections) socket.destroy();
    await closeServer(server);
    await rm(join(folder, name), { force: true });
  };
  return {
    name,
    close,
    hold() {
      state = 'holding';
      return {
        serve(onConnection) {
          serve = onConnection;
          early.forEach(onConnection);
          early = [];
        },
        hangUp() {
          state = 'leaving';
          for (const socket of connections) socket.destroy();
        },
        release: close,
      };
    },
  };
}

async function askOthers(folder: string, own: string): Promise<'none' | 'claiming' | 'holding'> {
  let claiming = false;
  for (const name of await socketNames(folder)) {
    if (name === own) continue;
    const answer = await ask(folder, name);
    if (answer === 'dead') {
      await rm(join(folder, name), { force: true });
      continue;
    }
    claiming = true;
    if (answer === 'closing') continue;
    answer.socket.destroy();
    if (answer.greeting !== 'claiming') return 'holding';
  }
  return claiming ? 'claiming' : 'none';
}

interface Greeted {
  readonly greeting: 'holding' | 'claiming' | 'silent';
  readonly socket: Socket;
  readonly frames: AsyncGenerator<unknown, void>;
}

/**
 * Connects and waits for the greeting. `dead`: left by a dead process. `closing`: stepped back while it was asked. A
 * process that accepts the connection but stays silent (it is suspended) still holds the folder.
 */
async function ask(folder: string, name: string): Promise<'dead' | 'closing' | Greeted> {
  const path = await socketPath(folder, name);
  const socket = connect(path.path);
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'dead';
    if (code === 'ECONNRESET' || code === 'EPIPE') return 'closing';
    throw error;
  } finally {
    await path.close();
  }
  // The reader of the frames hears when the connection breaks; without this listener the process would crash.
  socket.on('error', () => socket.destroy());
  const frames = receiveFrames(socket);
  const patience = new AbortController();
  const answer = await Promise.race([
    frames.next().catch(() => undefined),
    sleep(5_000, 'silent' as const, { signal: patience.signal }),
  ]);
  patience.abort();
  if (answer === 'silent') return { greeting: 'silent', socket, frames };
  if (answer?.value === 'claiming' || answer?.value === 'holding') return { greeting: answer.value, socket, frames };
  socket.destroy();
  return 'closing';
}

async function socketNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^held-\d+-[0-9a-f]{8}\.sock$/.test(name)).sort();
}

/** The address of a socket holds 107 bytes (104 on BSD); on Linux, longer paths go through an open folder. */
async function socketPath(folder: string, name: string): Promise<{ readonly path: string; close(): Promise<void> }> {
  const path = join(folder, name);
  if (Buffer.byteLength(path) < 104) return { path, close: () => Promise.resolve() };
  if (process.platform !== 'linux')
    throw new Error(`${folder} is too long a path for a unix socket: choose a shorter DATA_DIR`);
  const handle = await open(folder);
  return { path: `/proc/self/fd/${handle.fd}/${name}`, close: () => handle.close() };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
}
