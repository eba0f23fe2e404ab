import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Actor, type Database, type DatabaseOptions, openDatabase } from '../database/index.js';
import { type Accounts, createAccounts, type Keys, loadKeys } from '../auth/index.js';
import { createDetectionLog, type DetectionLog } from '../log/index.js';
import { SecretError, type SecretName, secretOf } from '../secret.js';
import { UsageError } from './exit.js';

/** The log and the accounts: on Postgres, in a folder, or in a folder that a running service holds. */
export interface Store {
  readonly database: Database;
  readonly log: DetectionLog;
  readonly accounts: Accounts;
  close(): Promise<void>;
}

/** Opens the database of DATABASE_URL or DATA_DIR (default ./data), created and migrated if necessary. */
async function openStore(environment: NodeJS.ProcessEnv): Promise<Store> {
  const database = await openDatabase({ at: placeOf(environment), forward: true });
  return {
    database,
    log: createDetectionLog(database),
    accounts: createAccounts(database, { sign: async (claims) => (await keysOf(environment)).sign(claims) }),
    close: () => database.close(),
  };
}

/** Opens the store for one piece of work and closes it afterwards, even if that throws. */
export async function withStore<Result>(
  environment: NodeJS.ProcessEnv,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(environment);
  return work(store).finally(() => store.close());
}

export function placeOf(environment: NodeJS.ProcessEnv): DatabaseOptions['at'] {
  const url = secret(environment, 'DATABASE_URL');
  return url === '' ? { dataDir: dataDirOf(environment) } : { url };
}

/** For commands that only read: they must not create a log just to find it empty. */
export async function assertLogExists(at: DatabaseOptions['at']): Promise<void> {
  if ('url' in at) return;
  await access(join(at.dataDir, 'log')).catch((error: unknown) => {
    throw new UsageError(`there is no log in ${at.dataDir}: set DATA_DIR or DATABASE_URL`, { cause: error });
  });
}

/** The actor in audit events. */
export function operatorName(): string {
  return `cli:${userInfo().username}`;
}

export function operator(): Actor {
  return { actor: operatorName(), requestId: null, address: null };
}

/**
 * Keys are loaded, or made, only when a token is signed: reading the log leaves no secret behind. With PostgreSQL none
 * is made: no service would accept a token signed with it.
 */
async function keysOf(environment: NodeJS.ProcessEnv): Promise<Keys> {
  const jwtSecret = secret(environment, 'JWT_SECRET');
  if (jwtSecret !== '') return loadKeys({ jwtSecret });
  const dataDir = dataDirOf(environment);
  const onPostgres = secret(environment, 'DATABASE_URL') !== '';
  if (environment['NODE_ENV'] === 'production' || (onPostgres && !existsSync(join(dataDir, 'jwt-secret'))))
    throw new UsageError('JWT_SECRET is missing: tokens must be signed with the secret of the service');
  return loadKeys({ dataDir });
}

function secret(environment: NodeJS.ProcessEnv, name: SecretName): string {
  try {
    return secretOf(environment, name);
  } catch (error) {
    if (error instanceof SecretError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function dataDirOf(environment: NodeJS.ProcessEnv): string {
  const dataDir = environment['DATA_DIR'] ?? '';
  return dataDir === '' ? './data' : dataDir;
}
