import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DatabaseUnavailable, openDatabase } from '../../src/database/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { temporaryFolder } from '../backends.js';
import { entry, model } from '../log/entries.js';

/** Real disks that are full or read-only: a tmpfs each. */

const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
const skip = mayMount ? false : 'only root may mount a small disk';

async function smallDisk(
  t: Test,
  sizeMiB: number,
): Promise<{ folder: string; readonly mount: (options: string) => void }> {
  const folder = join(await temporaryFolder(t), 'disk');
  await mkdir(folder);
  const run = (...words: string[]): void => {
    const { status, stderr } = spawnSync(words[0]!, words.slice(1), { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  run('mount', '-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder);
  t.teardown(() => spawnSync('umount', ['--lazy', folder]));
  const mount = (options: string): void => {
    run('mount', '-o', `remount,${options}`, folder);
  };
  return { folder, mount };
}

/** Fills a disk to its last page, and gives back how to make room again. */
async function fill(folder: string): Promise<() => Promise<void>> {
  const files: string[] = [];
  for (const sizeBytes of [2 ** 20, 4096]) {
    for (let full = false; !full;) {
      const file = join(folder, `filling-${files.length}`);
      files.push(file);
      full = await writeFile(file, Buffer.alloc(sizeBytes)).then(
        () => false,
        () => true,
      );
    }
  }
  return async () => {
    for (const file of files) await rm(file, { force: true });
  };
}

t.test('a full disk is seen by the readiness check as by films', { skip }, async (t) => {
  const { folder } = await smallDisk(t, 96);
  const database = await openDatabase({ at: { dataDir: join(folder, 'data') } });
  t.teardown(() => database.close());
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  await log.append(entry());
  await log.ping();
  const makeRoom = await fill(folder);
  for (let i = 0; i < 5; i++) await t.rejects(log.ping(), DatabaseUnavailable, 'each time');
  const films = await Promise.allSettled(Array.from({ length: 30 }, () => log.append(entry())));
  const refused = films.filter((film) => film.status === 'rejected');
  t.ok(refused.length > 0, 'though some films fit into pages that are there');
  t.ok(refused.every(({ reason }) => reason instanceof DatabaseUnavailable));
  await makeRoom();
  await t.resolves(log.ping(), 'and room is seen without a restart');
  await log.append(entry());
  t.match(await log.verify(), { rows: 2 + films.length - refused.length, faults: [] });
});

t.test('a start on a full disk says that it is full', { skip }, async (t) => {
  const { folder } = await smallDisk(t, 96);
  const open = (name: string) => openDatabase({ at: { dataDir: join(folder, name) } });
  await (await open('there')).close();
  const makeRoom = await fill(folder);
  for (const name of ['there', 'new'])
    await t.rejects(open(name), { message: /the disk of .* is full \(0 MiB free\); make room/ }, name);
  await makeRoom();
  await (await open('there')).close();
  t.pass('what was there is as it was');
});

t.test('a start on a read-only disk says that it is read-only', { skip }, async (t) => {
  const { folder, mount } = await smallDisk(t, 96);
  const open = (name: string) => openDatabase({ at: { dataDir: join(folder, name) } });
  await (await open('there')).close();
  mount('ro');
  for (const name of ['there', 'new'])
    await t.rejects(open(name), { message: /read-only file system; set DATA_DIR/ }, name);
  mount('rw');
  await (await open('there')).close();
  t.pass('what was there is as it was');
});

t.test('a DATA_DIR that is a file is named', async (t) => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  await t.rejects(openDatabase({ at: { dataDir: file } }), {
    message: `the log can't be opened: ${file} is not a folder; set DATA_DIR to a folder`,
  });
});
