import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, serverAccount } from './postgres.js';

export interface Pooler {
  /** The same database, through the pooler. */
  url(database: string): string;
  stop(): Promise<void>;
}

export const noPgbouncer = 'PgBouncer is not installed (it was not found in PATH or in /usr/sbin)';

/**
 * PgBouncer in transaction mode before a server, with lines of its own for pgbouncer.ini. Undefined where it is not
 * installed; throws instead when CI is set.
 */
export async function startPgbouncer(databaseUrl: string, lines: readonly string[]): Promise<Pooler | undefined> {
  const program = await find();
  if (program === undefined) {
    if (process.env['CI'] !== undefined) throw new Error(noPgbouncer);
    return undefined;
  }
  const server = new URL(databaseUrl);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'lesion-pgbouncer-'));
  const ini = join(folder, 'pgbouncer.ini');
  const users = join(folder, 'users.txt');
  await writeFile(users, `"${server.username}" "${server.password}"\n`);
  await writeFile(
    ini,
    [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      'default_pool_size = 4',
      ...lines,
      '',
    ].join('\n'),
  );
  const account = await serverAccount();
  if (account !== undefined) for (const path of [folder, ini, users]) await chown(path, account.uid, account.gid);
  await chmod(folder, 0o700);
  const child = spawn(program, ['-q', ini], { cwd: folder, stdio: 'ignore', ...account });
  const ended = once(child, 'exit');
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    await delay(50);
  }
  return {
    url(database) {
      const through = new URL(database);
      through.port = String(port);
      return through.href;
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function find(): Promise<string | undefined> {
  for (const folder of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin']) {
    const path = join(folder, 'pgbouncer');
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
