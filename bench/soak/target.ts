import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DatabaseOptions } from '../../src/database/index.js';
import { writeTinyModel } from '../../test/engine/tinyModel.js';
import { noPostgres, startPostgres } from '../../test/postgres.js';
import { childrenOf } from '../childProcesses.js';
import { submitterToken } from '../service.js';
import { isServing, type Started, startProgram } from '../started.js';
import type { LogPlace } from './options.js';

export type Victim = 'database' | 'service' | 'decoder' | 'runner';

/** The service under attack, with its log. After the service is killed its address changes. */
export interface Target {
  readonly victims: readonly Victim[];
  base(): string;
  /** Of a submitter. */
  readonly token: string;
  /** Kills it and waits until `/readyz` is 200 again. */
  kill(victim: Victim): Promise<void>;
  /** Ends the service; the log stays. */
  stop(): Promise<DatabaseOptions['at']>;
  remove(): Promise<void>;
}

/** A service with a tiny network on a log of its own. */
export async function startTarget(place: LogPlace): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-soak-'));
  await writeTinyModel(join(folder, 'models'));
  const postgres = place === 'postgres' ? await startPostgres() : undefined;
  if (place === 'postgres' && postgres === undefined) throw new Error(noPostgres);
  const databaseUrl = (await postgres?.createDatabase('soak')) ?? '';
  const dataDir = join(folder, 'data');
  // As it is deployed: with PostgreSQL as in production, with an embedded log as on a trial.
  const settings = {
    NODE_ENV: postgres === undefined ? 'development' : 'production',
    JWT_SECRET: postgres === undefined ? '' : randomBytes(32).toString('hex'),
    LOG_LEVEL: 'fatal',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    IMAGE_STORE: 'none',
    MODELS_DIR: join(folder, 'models'),
    MODEL: 'tiny',
    EXECUTION_PROVIDERS: 'cpu',
    INTRA_OP_THREADS: '1',
  };
  const start = (): Promise<Started> =>
    startProgram({
      command: process.execPath,
      args: () => [fileURLToPath(new URL('../../src/main.js', import.meta.url))],
      environment: (port) => ({ ...settings, PORT: String(port) }),
      readyPath: '/readyz',
    });
  let service = await start();
  const token = postgres === undefined ? await submitterToken(dataDir) : await issuedToken(settings);

  const kills: Readonly<Record<Victim, () => Promise<void>>> = {
    async database() {
      await postgres?.crash();
      await pause(500);
      await postgres?.start();
    },
    async service() {
      process.kill(service.pid, 'SIGKILL');
      service = await start();
    },
    decoder: () => killChild(service.pid, 'decoder'),
    runner: () => killChild(service.pid, 'runner'),
  };
  return {
    victims: postgres === undefined ? ['service', 'decoder', 'runner'] : ['database', 'service', 'decoder', 'runner'],
    base: () => service.base,
    token,
    async kill(victim) {
      await kills[victim]();
      await untilReady(service);
    },
    async stop() {
      await service.stop();
      return postgres === undefined ? { dataDir } : { url: databaseUrl };
    },
    async remove() {
      await service.stop();
      await postgres?.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function issuedToken(settings: Readonly<Record<string, string>>): Promise<string> {
  const command = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [command, 'token', 'create', '--name', 'soak', '--role', 'submitter'],
    { env: { ...process.env, ...settings } },
  );
  return stdout.trim();
}

/** SIGKILL to one of the service's children; resolves when another has taken its place. */
async function killChild(service: number, child: 'decoder' | 'runner'): Promise<void> {
  const before = childrenOf(service)[child];
  const [victim] = before;
  if (victim === undefined) return;
  process.kill(victim, 'SIGKILL');
  for (let tries = 0; tries < 600; tries++) {
    if (childrenOf(service)[child].some((pid) => !before.includes(pid))) return;
    await pause(100);
  }
  throw new Error(`no ${child} replaced the one that was killed`);
}

async function untilReady({ base, pid }: Started): Promise<void> {
  for (let tries = 0; tries < 2400; tries++) {
    if (!isRunning(pid)) throw new Error('the service ended by itself');
    if (await isServing(`${base}/readyz`)) return;
    await pause(50);
  }
  throw new Error('the service was not ready again within two minutes');
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
