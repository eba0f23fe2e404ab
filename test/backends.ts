import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type DatabaseOptions, openDatabase } from '../src/database/index.js';
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
    const place = async (): Promise<DatabaseOptions['at']> => ({
      url: await cluster.createDatabase(`log${databases++}`),
    });
    t.teardown(() => cluster.remove());
    await t.test('on Postgres', (t) => tests(t, { name: 'Postgres', place }));
  }
  await t.test('embedded', (t) =>
    tests(t, { name: 'embedded', place: async () => ({ dataDir: await embeddedFolder(t) }) }),
  );
}

/** A folder with an empty embedded log: a copy of one that is made once, since initdb takes seconds. */
export async function embeddedFolder(t: Test): Promise<string> {
  const dataDir = await temporaryFolder(t);
  await cp(await (template ??= makeTemplate()), dataDir, { recursive: true });
  return dataDir;
}

export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-log-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lesion-log-template-'));
  process.once('exit', () => {
    rmSync(dataDir, { recursive: true, force: true });
  });
  await (await openDatabase({ at: { dataDir } })).close();
  return dataDir;
}
