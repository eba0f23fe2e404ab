import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { v7 as uuidv7 } from 'uuid';
import { type Database, openDatabase } from '../../src/database/index.js';
import { FilmNotKept, type FilmStore, openFilmStore } from '../../src/films/index.js';
import { FilmFiles } from '../../src/films/filmFiles.js';
import { FilmWriter } from '../../src/films/filmWriter.js';
import { onEachBackend, temporaryFolder } from '../backends.js';
import { compileChildren } from '../engine/compiledChildren.js';

/** Films on disk and what the database knows of them, with the real writer. */

const { filmWriter: writerModule } = compileChildren(t.testdir());
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function filmFile(seed: number, format: 'png' | 'tiff' = 'png'): Promise<Buffer> {
  const samples = Uint8Array.from({ length: 96 * 80 }, (_, i) => (i * seed) % 256);
  const image = sharp(samples, { raw: { width: 96, height: 80, channels: 1 } })
    .toColourspace('b-w')
    .withExif({ IFD0: { Artist: 'PATIENT^NAME' } });
  return format === 'png' ? image.png().toBuffer() : image.tiff({ compression: 'lzw' }).toBuffer();
}

async function open(
  t: Test,
  database: Database,
  folder: string,
  changes: Partial<Parameters<typeof openFilmStore>[1]> = {},
): Promise<FilmStore> {
  const store = await openFilmStore(database, {
    kind: 'disk',
    folder,
    keepDays: 30,
    maxPixels: 1_000_000,
    logger: silent,
    writerModule,
    ...changes,
  });
  t.teardown(() => store.close());
  return store;
}

/** Keeps a film and waits for it. */
async function keep(store: FilmStore, bytes: Buffer, inverted?: boolean): Promise<string> {
  const detectionId = uuidv7();
  store.keep({ detectionId, bytes, inverted });
  await store.open(detectionId).catch(() => undefined);
  return detectionId;
}

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && entry.name !== 'database-id')
    .map((entry) => join(entry.parentPath, entry.name));
}

/** As if the film had been written two hours ago. */
async function age(folder: string): Promise<void> {
  const before = new Date(Date.now() - 2 * 3_600_000);
  for (const part of (await readdir(folder)).filter((name) => name !== 'database-id'))
    for (const name of await readdir(join(folder, part))) await utimes(join(folder, part, name), before, before);
}

await onEachBackend(t, async (t, backend) => {
  const database = await openDatabase({ at: await backend.place() });
  t.teardown(() => database.close());
  const expire = (id: string) =>
    database.kysely
      .updateTable('kept_films')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('detection_id', '=', id)
      .execute();

  await t.test("only the pixels of a film are kept, for their owner's eyes", async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const store = await open(t, database, folder);
    const bytes = await filmFile(3);
    const id = await keep(store, bytes);
    const film = await store.open(id);
    t.match(film, { width: 96, height: 80, bits: 8, channels: 1 });
    const png = await readFile(film.filmPath);
    t.equal(png.length, film.sizeBytes);
    t.ok(
      (await sharp(png).toColourspace('b-w').raw().toBuffer()).equals(
        await sharp(bytes).toColourspace('b-w').raw().toBuffer(),
      ),
    );
    t.ok(bytes.includes('PATIENT^NAME'), 'the file had a name in it');
    for (const path of await filesBelow(folder)) {
      t.notOk((await readFile(path)).includes('PATIENT'), 'what is kept has not');
      t.equal((await stat(path)).mode & 0o777, 0o600);
    }
    t.equal((await stat(folder)).mode & 0o077, 0);
    t.match(await sharp(film.thumbnailPath).metadata(), { format: 'jpeg', width: 96, height: 80 });
    t.match(await sharp(film.previewPath).metadata(), { format: 'jpeg', width: 96, height: 80 });
    await rm(film.previewPath);
    const kept = (await store.open(id)).previewPath;
    t.equal(kept, film.thumbnailPath, 'a film from before there were previews has its thumbnail');
    t.match(store.counts(), { kept: 1, failed: 0, waiting: 0 });
  });

  await t.test('a negative is kept turned round, as it was judged, and nothing is turned twice', async (t) => {
    const store = await open(t, database, join(await temporaryFolder(t), 'images'));
    const bytes = await filmFile(13);
    const stored = await sharp(bytes).toColourspace('b-w').raw().toBuffer();
    const pixelsOf = async (id: string): Promise<Buffer> =>
      sharp((await store.open(id)).filmPath)
        .toColourspace('b-w')
        .raw()
        .toBuffer();
    t.ok((await pixelsOf(await keep(store, bytes, true))).equals(stored.map((value) => 255 - value)));
    t.ok((await pixelsOf(await keep(store, bytes, false))).equals(stored));
  });

  await t.test('equal films share one file, which goes when the last row is done with it', async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const store = await open(t, database, folder);
    const [asPng, asTiff, other] = await Promise.all([
      keep(store, await filmFile(5)),
      filmFile(5, 'tiff').then((bytes) => keep(store, bytes)),
      filmFile(7).then((bytes) => keep(store, bytes)),
    ]);
    t.equal(
      (await store.open(asPng)).pixelsSha256,
      (await store.open(asTiff)).pixelsSha256,
      'whatever file they came in',
    );
    t.equal((await filesBelow(folder)).length, 6);

    await age(folder);
    t.equal(await store.sweep(), 0, 'nothing is swept that is needed');
    await expire(asPng);
    await t.rejects(store.open(asPng), {
      name: 'FilmNotKept',
      message: /no longer kept: it expired on \d{4}-\d\d-\d\d/,
    });
    t.equal(await store.sweep(), 0);
    t.ok(await store.open(asTiff), 'another row still has it');
    await expire(asTiff);
    t.equal(await store.sweep(), 1);
    t.equal((await filesBelow(folder)).length, 3);
    t.ok(await store.open(other));
    t.match((await store.availability([asPng, other, uuidv7()])).get(asPng), { status: 'expired' });
    const again = await keep(store, await filmFile(5));
    t.ok(await store.open(again), 'and it can come back');
  });

  await t.test('what was left behind by a process that died is cleared, what is being written is not', async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const store = await open(t, database, folder);
    const orphan = join(folder, 'ab', 'ab'.repeat(32));
    await mkdir(orphan, { recursive: true });
    await writeFile(join(orphan, 'film.png'), 'half a film');
    await mkdir(join(folder, 'incoming', 'left'), { recursive: true });
    await writeFile(join(folder, 'incoming', 'left', 'film.png'), 'half a film');
    await writeFile(join(folder, 'notes.txt'), "an operator's own");
    t.equal(await store.sweep(), 0);
    t.equal((await filesBelow(folder)).length, 3, 'they are young: their row may be on its way');
    const before = new Date(Date.now() - 2 * 3_600_000);
    await utimes(orphan, before, before);
    await utimes(join(folder, 'incoming', 'left'), before, before);
    t.equal(await store.sweep(), 1);
    t.same(await filesBelow(folder), [join(folder, 'notes.txt')], 'what is none of ours stays');
  });

  await t.test('a deleted film is gone for every row that has it, and says so', async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const store = await open(t, database, folder);
    const ids = [await keep(store, await filmFile(11)), await keep(store, await filmFile(11))];
    const { pixelsSha256 } = await store.open(ids[0]!);
    const by = { actor: 'olga', requestId: 'r', address: '192.0.2.7' };
    await sql`alter table audit_events rename to elsewhere`.execute(database.kysely);
    await t.rejects(store.delete(pixelsSha256, by), "who did it can't be put on record");
    await sql`alter table elsewhere rename to audit_events`.execute(database.kysely);
    for (const id of ids) t.ok(await store.open(id), 'then nothing is deleted');
    t.equal(await store.delete(pixelsSha256, by), 2);
    t.match(await database.kysely.selectFrom('audit_events').selectAll().where('code', '=', 'film-deleted').execute(), [
      { actor: 'olga', request_id: 'r', sha256: pixelsSha256, detail: '2 rows' },
    ]);
    t.same(await filesBelow(folder), []);
    for (const id of ids) await t.rejects(store.open(id), { message: 'The film was deleted.' });
    t.match((await store.availability(ids)).get(ids[1]!), { status: 'deleted', sha256: pixelsSha256 });
    t.equal(await store.delete(pixelsSha256, by), 0, 'there is nothing left to delete');
    t.equal(await store.delete('0'.repeat(64), by), 0);
    for (const hostile of ['..', '../../etc/passwd', `${'a'.repeat(62)}/.`, 'A'.repeat(64), ''])
      t.equal(await store.delete(hostile, by), 0, JSON.stringify(hostile));
  });

  await t.test('a film that was deleted at another replica goes here, too, at once', async (t) => {
    const [hereFolder, thereFolder] = [join(await temporaryFolder(t), 'here'), join(await temporaryFolder(t), 'there')];
    const [here, there] = [await open(t, database, hereFolder), await open(t, database, thereFolder)];
    for (const store of [here, there]) await keep(store, await filmFile(12));
    const id = await keep(here, await filmFile(13));
    const deleted = await keep(here, await filmFile(12));
    const { pixelsSha256 } = await here.open(deleted);
    const before = (await filesBelow(hereFolder)).length;
    await there.delete(pixelsSha256, { actor: 'olga', requestId: 'r', address: null });
    t.same(await filesBelow(thereFolder), []);
    t.equal((await filesBelow(hereFolder)).length, before, 'its file is still here');
    t.equal(await here.dropDeleted(), 1);
    t.notMatch((await filesBelow(hereFolder)).join(), pixelsSha256);
    t.ok(await here.open(id), 'and no other film goes');
    await keep(here, await filmFile(12));
    t.equal(await here.dropDeleted(), 0, 'one that was sent again stays');
    t.match((await filesBelow(hereFolder)).join(), pixelsSha256);
    t.equal(await there.dropDeleted(), 0);
  });

  await t.test("two replicas on one folder neither lose nor keep each other's films", async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const [one, two] = [await open(t, database, folder), await open(t, database, folder)];
    const bytes = await filmFile(13);
    const ids = await Promise.all([keep(one, bytes), keep(two, bytes), keep(one, bytes), keep(two, bytes)]);
    for (const id of ids) t.equal((await one.open(id)).filmPath, (await two.open(id)).filmPath);
    t.equal((await filesBelow(folder)).length, 3);
    await age(folder);
    for (const id of ids.slice(1)) await expire(id);
    t.same(await Promise.all([one.sweep(), two.sweep()]), [0, 0]);
    t.ok(await two.open(ids[0]));
    const elsewhere = await open(t, database, join(await temporaryFolder(t), 'images'));
    await t.rejects(
      elsewhere.open(ids[0]),
      { message: /another machine/ },
      'one with a folder of its own says that it has not got it',
    );
  });

  await t.test('another database neither takes over a folder of films nor removes one of them', async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const ours = await open(t, database, folder);
    const id = await keep(ours, await filmFile(29));
    await age(folder);
    const anothers = await openDatabase({ at: await backend.place() });
    t.teardown(() => anothers.close());
    // Embedded ones of tests are copies of one template.
    await anothers.kysely.updateTable('database_identity').set({ id: randomUUID() }).execute();
    await t.rejects(open(t, anothers, folder), /holds the films of another database.*db copy.*IMAGE_STORE_DIR/);
    const off = await open(t, anothers, folder, { kind: 'none' });
    t.equal(await off.sweep(), 0, 'one that keeps nothing leaves them alone, too');
    t.ok(await ours.open(id));

    await rm(join(folder, 'database-id'));
    await t.rejects(
      open(t, anothers, folder),
      /another database/,
      'a folder from before the mark is for the one that knows its films',
    );
    await open(t, database, folder);
    const { id: name } = await database.kysely.selectFrom('database_identity').select('id').executeTakeFirstOrThrow();
    await anothers.kysely.updateTable('database_identity').set({ id: name }).execute();
    t.ok(await open(t, anothers, folder), 'a copy has the name of its source');
  });

  await t.test("a film that can't be kept is on record with the reason, and the next one is kept", async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const store = await open(t, database, folder);
    const broken = await keep(store, Buffer.from('no film at all'));
    await t.rejects(store.open(broken), { name: 'FilmNotKept', message: /could not be kept: Not a DICOM, JPEG/ });
    t.same((await store.availability([broken])).get(broken), { status: 'not-kept', sha256: null, expiresAt: null });
    t.ok(await store.open(await keep(store, await filmFile(17))));
    t.match(store.counts(), { kept: 1, failed: 1 });

    const full = await open(t, database, folder, { writerModule: new URL('./children/fullDisk.js', import.meta.url) });
    await t.rejects(
      full.open(await keep(full, await filmFile(19))),
      { message: 'The film could not be kept: the disk of the service is full.' },
      'without paths',
    );
    const dying = await open(t, database, folder, { writerModule: new URL('./children/dies.js', import.meta.url) });
    await t.rejects(dying.open(await keep(dying, await filmFile(19))), {
      message: /process that writes films ended \(signal SIGSEGV\)/,
    });
    t.same(await readdir(join(folder, 'incoming')), [], 'never half a film');
  });

  await t.test('a store that is off writes nothing, and lets go what was written before', async (t) => {
    const folder = join(await temporaryFolder(t), 'images');
    const off = await open(t, database, folder, { kind: 'none' });
    const id = await keep(off, await filmFile(23));
    await t.rejects(readdir(folder), { code: 'ENOENT' });
    await t.rejects(off.open(id), { message: 'This service keeps no films.' });
    t.match((await off.availability([id])).get(id), { status: 'not-kept' });
    const on = await open(t, database, folder);
    const kept = await keep(on, await filmFile(23));
    await t.rejects(off.open(kept), FilmNotKept);
    await age(folder);
    await expire(kept);
    t.equal(await off.sweep(), 1);
  });
});

t.test('a writer that is stopped in the middle of a film keeps no process alive', async (t) => {
  const writer = new FilmWriter({ maxPixels: 1_000_000, logger: silent, module: writerModule });
  await writer.start();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const written = writer.write({ bytes: await filmFile(7), inverted: false }, join(t.testdir(), 'film'));
  const refused = t.rejects(written, { message: 'the service was shutting down' });
  await writer.stop();
  await refused;
  t.equal(timers(), before);
});

t.test('nothing but an address becomes a path', (t) => {
  const files = new FilmFiles('/srv/films');
  t.equal(files.folderOf('ab'.repeat(32)), `/srv/films/ab/${'ab'.repeat(32)}`);
  for (const hostile of [
    '',
    '..',
    `../${'a'.repeat(61)}`,
    `${'a'.repeat(63)}\n`,
    `${'a'.repeat(64)}/..`,
    'AB'.repeat(32),
  ])
    t.throws(() => files.folderOf(hostile), TypeError, JSON.stringify(hostile));
  t.end();
});
