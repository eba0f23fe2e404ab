import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { DatabaseOptions } from '../src/log/index.js';
import { noPostgres, startPostgres } from './postgres.js';

/** A kind of database that the log runs on. */
export interface Backend {
  readonly name: 'Postgres' | 'embedded';
  /** An empty place of its own. */
  place(): Promise<DatabaseOptions['at']>;
}

/** Runs the same tests on Postgres and on the embedded database; without Postgres its half is skipped, visibly. */
export async function onEachBackend(t: Test, tests: (t: Test, backend: Backend) => Promise<void>): Promise<void> {
  const cluster = await startPostgres();
  if (cluster === undefined) await t.test('on Postgres', { skip: noPostgres }, () => undefined);
  else {
    let databases = 0;
    const place = async (): Promise<DatabaseOptions['at']> => ({ url: await cluster.createDatabase(`log${databases++}`) });
    t.teardown(() => cluster.remove());
    await t.test('on Postgres', (t) => tests(t, { name: 'Postgres', place }));
  }
  const folders: string[] = [];
  t.teardown(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
  const place = async (): Promise<DatabaseOptions['at']> => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lesion-log-'));
    folders.push(dataDir);
    return { dataDir };
  };
  await t.test('embedded', (t) => tests(t, { name: 'embedded', place }));
}
