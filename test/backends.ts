import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
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
  await copyEmbeddedLog(dataDir);
  return dataDir;
}

/** Puts an empty embedded log into a folder, which may be new. */
export async function copyEmbeddedLog(dataDir: string): Promise<void> {
  await cp(await (template ??= findTemplate()), dataDir, { recursive: true });
}

export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-log-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

let template: Promise<string> | undefined;

/** All test files share one template; other migrations or another PGlite make a new one. */
async function findTemplate(): Promise<string> {
  const ofTests = join(import.meta.dirname, '../.tap');
  const folder = join(ofTests, `embedded-${await templateKey()}`);
  if (existsSync(folder)) return folder;
  await mkdir(ofTests, { recursive: true });
  const made = await mkdtemp(join(ofTests, 'embedded-in-work-'));
  await (await openDatabase({ at: { dataDir: made } })).close();
  // Of two test files that make one at once, the first to finish wins: a folder is never half a template.
  await rename(made, folder).catch(() => rm(made, { recursive: true }));
  return folder;
}

async function templateKey(): Promise<string> {
  const root = join(import.meta.dirname, '..');
  const migrations = (await readdir(join(root, 'migrations'))).toSorted().map((name) => join('migrations', name));
  const hash = createHash('sha256');
  // package.json names the version of PGlite.
  for (const file of ['package.json', ...migrations]) hash.update(file).update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}
