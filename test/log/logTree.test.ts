import { type Kysely, sql } from 'kysely';
import t, { type Test } from 'tap';
import { migrations } from '../../migrations/index.js';
import { audit, openDatabase, type Tables } from '../../src/database/index.js';
import { copyLog, createDetectionLog, createLogProofs, type DetectionLog } from '../../src/log/index.js';
import { growTree } from '../../src/log/tree/grow.js';
import { leafHash } from '../../src/log/tree/hashes.js';
import { GrowingRoot } from '../../src/log/tree/growingRoot.js';
import { rootAt } from '../../src/log/tree/proofs.js';
import { addToTiles, MissingHashes, storedSubtrees } from '../../src/log/tree/tiles.js';
import { onEachBackend } from '../backends.js';
import { entry, model } from './entries.js';

await onEachBackend(t, async (t, backend) => {
  const open = async (t: Test) => {
    const database = await openDatabase({ at: await backend.place() });
    t.teardown(() => database.close());
    const log = createDetectionLog(database);
    await log.rememberModel(model);
    return { database, log, db: database.kysely, proofs: createLogProofs(database) };
  };

  await t.test('films and events are taken once each, whoever takes them', async (t) => {
    const { db, log, proofs } = await open(t);
    const writers = Array.from({ length: 16 }, async (_, i) => {
      for (let n = 0; n < 5; n++) await log.append(entry());
      await log.audit({ code: 'signed-in', actor: `u${i}`, requestId: null, address: '10.0.0.1' });
    });
    // Two replicas take entries while sixteen writers write.
    const takers = [0, 1].map(async () => {
      for (let n = 0; n < 20; n++) await growTree(db);
    });
    await Promise.all([...writers, ...takers]);
    while ((await growTree(db)) > 0);
    t.equal(await growTree(db), 0, 'nothing is taken twice');
    const state = await proofs.treeFaults();
    t.match(state, { size: 96, faults: [] });
    t.equal((await rootAt(96, storedSubtrees(db))).toString('hex'), state.root);
    t.strictSame(await db.selectFrom('untaken_events').selectAll().execute(), []);
  });

  await t.test('an event whose id was given earlier and committed later is not passed over', async (t) => {
    if (backend.name !== 'Postgres') {
      t.pass('the embedded log has one session');
      return;
    }
    const { db, proofs } = await open(t);
    const actor = { requestId: null, address: null };
    let taken = -1;
    await db.transaction().execute(async (trx) => {
      await audit(trx, { code: 'late', actor: 'a', ...actor });
      await audit(db, { code: 'early', actor: 'b', ...actor });
      taken = await growTree(db);
    });
    t.equal(taken, 1);
    t.equal(await growTree(db), 1);
    t.match(await proofs.treeFaults(), { size: 2, faults: [] });
  });

  await t.test('a log from before there was a tree is taken in, in the order of its links', async (t) => {
    const { db, log, proofs } = await open(t);
    for (let i = 0; i < 30; i++) await log.append(entry());
    await log.audit({ code: 'exported', actor: 'a', requestId: null, address: null });
    await withoutTree(db);
    await db.transaction().execute(async (trx) => migrations['0013_log_tree']?.up(trx));
    t.equal(await growTree(db), 31);
    t.match(await proofs.treeFaults(), { size: 31, faults: [] });
  });

  await t.test('tiles hold the tree over several levels, filled in any steps', async (t) => {
    const { db } = await open(t);
    const leaves = Array.from({ length: 700 }, (_, i) => leafHash(`${i}`));
    let size = 0;
    for (const step of [1, 255, 1, 256, 100, 87]) {
      await addToTiles(db, size, leaves.slice(size, size + step));
      size += step;
      const growing = new GrowingRoot();
      for (const leaf of leaves.slice(0, size)) growing.add(leaf);
      t.strictSame(await rootAt(size, storedSubtrees(db)), growing.root(), `${size} leaves`);
    }
    await sql`delete from log_tiles where level = 0 and tile = 1`.execute(db);
    await t.rejects(
      rootAt(500, storedSubtrees(db)).then(() => rootAt(300, storedSubtrees(db))),
      MissingHashes,
    );
  });

  await t.test('a copy has the same tree, and goes on with it', async (t) => {
    const { db, log, proofs } = await open(t);
    for (let i = 0; i < 5; i++) await log.append(entry());
    await log.audit({ code: 'taken', actor: 'a', requestId: null, address: null });
    await growTree(db);
    await log.append(entry());
    await log.audit({ code: 'not yet taken', actor: 'a', requestId: null, address: null });
    const target = await openDatabase({ at: await backend.place() });
    t.teardown(() => target.close());
    await copyLog(db, target.kysely);
    const copied = createLogProofs(target);
    t.strictSame(await copied.treeFaults(), await proofs.treeFaults());
    t.equal(await growTree(target.kysely), 2);
    t.match(await copied.treeFaults(), { size: 8, faults: [] });
    await withDetection(createDetectionLog(target));
    t.equal(await growTree(target.kysely), 1);
  });
});

async function withDetection(log: DetectionLog): Promise<void> {
  await log.append(entry());
}

async function withoutTree(db: Kysely<Tables>): Promise<void> {
  await sql`drop trigger queue_event on audit_events`.execute(db);
  await sql`drop function queue_event`.execute(db);
  await sql`drop table log_tree, log_leaves, log_tiles, log_checkpoints, untaken_events`.execute(db);
}
