import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** A private PostgreSQL in a temporary folder, on a free port of 127.0.0.1, as users run it (fsync on). */
export interface PostgresCluster {
  /** Makes an empty database; its URL. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
  /** Stops it as a crash would: no connection is ended in peace, the next start recovers from the write-ahead log. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** Stops the server and removes its folder. */
  remove(): Promise<void>;
}

/** Why there is none; a run that has to be complete (CI) must not pass without it. */
export const noPostgres =
  'PostgreSQL is not installed (initdb was found neither in /usr/lib/postgresql/*/bin nor in PATH)';

/** undefined where PostgreSQL is not installed; throws instead when CI is set. */
export async function startPostgres(): Promise<PostgresCluster | undefined> {
  const binaries = await findBinaries();
  if (binaries === undefined) {
    if (process.env['CI'] !== undefined) throw new Error(noPostgres);
    return undefined;
  }
  const account = await serverAccount();
  const folder = await mkdtemp(join(tmpdir(), 'lesion-postgres-'));
  const password = 'only-for-tests';
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const data = join(folder, 'data');
  await mkdir(data);
  if (account !== undefined)
    for (const path of [folder, passwordFile, data]) await chown(path, account.uid, account.gid);

  const command = async (name: string, ...args: string[]): Promise<void> => {
    const path = join(binaries, name);
    const [file, words] = account === undefined ? [path, args] : ['runuser', ['-u', 'postgres', '--', path, ...args]];
    // Away from a working directory that the server's account cannot enter.
    await run(file, words, { cwd: folder });
  };
  const port = await freePort();
  await command(
    'initdb',
    '-D',
    data,
    '-U',
    'app',
    '--auth-host=scram-sha-256',
    '--auth-local=trust',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  );
  // A test that crashes must not leave a server behind.
  const abandoned = (): void => {
    spawnSync('kill', ['-QUIT', ...readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n').slice(0, 1)]);
    rmSync(folder, { recursive: true, force: true });
  };
  const start = (): Promise<void> =>
    command(
      'pg_ctl',
      '-w',
      '-s',
      '-D',
      data,
      '-l',
      join(folder, 'log'),
      '-o',
      `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`,
      'start',
    );
  const stop = (how: 'fast' | 'immediate' = 'fast'): Promise<void> =>
    command('pg_ctl', '-w', '-s', '-D', data, '-m', how, 'stop');
  const url = (database: string): string => `postgres://app:${password}@127.0.0.1:${port}/${database}`;
  await start();
  process.once('exit', abandoned);
  let running = true;
  return {
    async createDatabase(name) {
      const client = new pg.Client({ connectionString: url('postgres') });
      await client.connect();
      await client.query(`create database ${client.escapeIdentifier(name)}`);
      await client.end();
      return url(name);
    },
    async stop() {
      await stop();
      running = false;
    },
    async crash() {
      await stop('immediate');
      running = false;
    },
    async start() {
      await start();
      running = true;
    },
    async remove() {
      if (running) await stop();
      process.off('exit', abandoned);
      await rm(folder, { recursive: true });
    },
  };
}

/** The folder that holds initdb: Debian's, newest version first, else the one in PATH. */
async function findBinaries(): Promise<string | undefined> {
  const root = '/usr/lib/postgresql';
  const versions: readonly string[] = await readdir(root).catch(() => []);
  const installed = versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'));
  for (const folder of [...installed, ...(process.env['PATH'] ?? '').split(':')]) {
    const names: readonly string[] = await readdir(folder).catch(() => []);
    if (names.includes('initdb') && names.includes('pg_ctl')) return folder;
  }
  return undefined;
}

/** initdb refuses to run as root: then the account `postgres` runs it. */
export async function serverAccount(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
