import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { appendFile, chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import t from 'tap';
import { openDatabase } from '../../src/database/index.js';
import {
  assertSigned,
  CheckpointError,
  checkpointsIn,
  createDetectionLog,
  createLogProofs,
  keepCheckpoints,
  parseVerifierKey,
  rotateLogKey,
  type SignedCheckpoint,
} from '../../src/log/index.js';
import { appendCheckpoint, lastCheckpoint } from '../../src/log/checkpoints/checkpointFile.js';
import { ensureLogKey, readLogKey } from '../../src/log/checkpoints/keyFile.js';
import { parseCheckpoint, signCheckpoint, verifierKey } from '../../src/log/checkpoints/note.js';
import { LogChanged, makeCheckpoint } from '../../src/log/checkpoints/sign.js';
import { growTree } from '../../src/log/tree/grow.js';
import { emptyRoot } from '../../src/log/tree/hashes.js';
import { embeddedFolder } from '../backends.js';
import { entry, model } from './entries.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = verifierKey('here/log', publicKey);

/** The example of Go's golang.org/x/mod/sumdb/note, whose form C2SP's signed notes have. */
const others = {
  key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  seed: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  note:
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

t.test("a note that others' code signed is known, and bent it is not", (t) => {
  const known = parseVerifierKey(others.key);
  t.doesNotThrow(() => {
    assertSigned({ note: others.note }, [known]);
  });
  t.throws(() => {
    assertSigned({ note: others.note.replace('answer', 'Answer') }, [known]);
  }, CheckpointError);
  t.throws(() => {
    assertSigned({ note: others.note }, [key]);
  }, /no key that was given signed/);
  t.throws(() => parseVerifierKey(others.key.replace('c74f20a3', 'c74f20a4')), /id/);
  t.throws(() => parseVerifierKey('PeterNeumann'), CheckpointError);
  const pkcs8 = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(others.seed, 'base64').subarray(1),
  ]);
  const signer = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  t.equal(
    verifierKey('PeterNeumann', createPublicKey(signer)).text,
    others.key,
    'our key has the text that theirs has',
  );
  t.end();
});

t.test("C2SP's example of a checkpoint is read", (t) => {
  // c2sp.org/tlog-checkpoint
  const example =
    'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
    '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+' +
    'zyWE+xeMcTOAYQ8=\n';
  t.match(parseCheckpoint(example), { origin: 'example.com/behind-the-sofa', size: 20_852_163 });
  for (const bad of [
    '',
    'a\n1\n',
    example.replace('20852163', '020852163'),
    example.replace('20852163', '9'.repeat(30)),
    example.replace('=\n\n', '\n\n'),
    example.replace('— ', '- '),
    `${example}x`,
    example + 'x'.repeat(70_000),
  ])
    t.throws(() => parseCheckpoint(bad), CheckpointError, JSON.stringify(bad.slice(0, 40)));
  t.end();
});

t.test('a file of checkpoints outlives a note that a crash has cut off', async (t) => {
  const path = join(t.testdir(), 'deep', 'checkpoints.txt');
  const made = [1, 2, 3].map((size) => signCheckpoint({ origin: 'here/log', size, root: emptyRoot }, privateKey));
  t.equal(await lastCheckpoint(path), undefined);
  await appendCheckpoint(path, made[0]!);
  await appendCheckpoint(path, made[1]!);
  await appendFile(path, made[2]!.note.slice(0, 30));
  t.strictSame(await lastCheckpoint(path), made[1]);
  await appendCheckpoint(path, made[2]!);
  const found = checkpointsIn(await readFile(path, 'utf8'));
  t.strictSame(
    found.map(({ size }) => size),
    [1, 2, 3],
  );
  for (const one of found) assertSigned(one, [key]);
  t.strictSame(await lastCheckpoint(path), made[2]);
});

t.test('the key is its owner’s alone, and its predecessors stay listed', async (t) => {
  const path = join(t.testdir(), 'keys', 'log-key.pem');
  const first = await ensureLogKey(path, 'here/log');
  t.ok(first);
  t.equal((await stat(path)).mode & 0o777, 0o600);
  t.equal(await ensureLogKey(path, 'here/log'), undefined, 'it is made once');
  const before = signCheckpoint({ origin: 'here/log', size: 1, root: emptyRoot }, await readLogKey(path));
  const second = await rotateLogKey(path, 'here/log');
  const after = signCheckpoint({ origin: 'here/log', size: 2, root: emptyRoot }, await readLogKey(path));
  const listed = (await readFile(`${path}.pub`, 'utf8')).trim().split('\n');
  t.strictSame(listed, [first, second]);
  for (const one of [before, after]) assertSigned(one, listed.map(parseVerifierKey));
  t.throws(() => {
    assertSigned(after, [parseVerifierKey(first ?? '')]);
  }, 'the old key did not sign what came later');
  await chmod(path, 0o644);
  await t.rejects(readLogKey(path), /can be read by users other than its owner/);
  await writeFile(path, 'no key', { mode: 0o600 });
  await chmod(path, 0o600);
  await t.rejects(readLogKey(path), /holds no private key/);
});

t.test('the service signs on, at stop, and never what was rewritten', async (t) => {
  const dataDir = await embeddedFolder(t);
  const database = await openDatabase({ at: { dataDir } });
  t.teardown(() => database.close());
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  const files = { keyFile: join(dataDir, 'log-key.pem'), checkpointFile: join(dataDir, 'checkpoints.txt') };
  const told = { signed: [] as SignedCheckpoint[], keys: [] as string[], errors: [] as unknown[] };
  const start = (everyEntries: number) =>
    keepCheckpoints(database.kysely, {
      ...files,
      everyEntries,
      everyMs: 3_600_000,
      growEveryMs: 20,
      onSigned: (checkpoint) => told.signed.push(checkpoint),
      onNewKey: (made) => told.keys.push(made),
      onError: (error) => told.errors.push(error),
    });
  const sizes = () => told.signed.map(({ size }) => size);

  const first = await start(3);
  t.equal(told.keys.length, 1);
  await log.append(entry());
  await until(() => told.signed.length === 1);
  t.strictSame(sizes(), [1], 'the first entry is signed at once');
  await log.append(entry());
  await log.append(entry());
  await delay(200);
  t.strictSame(sizes(), [1], 'two more are not enough for the next one');
  await first.close();
  t.strictSame(sizes(), [1, 3], 'at stop the rest is signed');

  const second = await start(3);
  await second.close();
  t.strictSame(sizes(), [1, 3], 'what is signed is not signed again');
  t.equal(told.keys.length, 1, 'the key is the one of before');
  const [checkpoint] = await createLogProofs(database).listCheckpoints({ limit: 1 });
  t.match(checkpoint, { size: 3, note: told.signed[1]?.note, verifierKey: told.keys[0] });
  t.strictSame(told.errors, []);

  await t.test('a tree that was redone is not signed', async (t) => {
    await sql`truncate log_leaves, log_tiles`.execute(database.kysely);
    await sql`update log_tree set size = 0, taken_seq = 1`.execute(database.kysely);
    while ((await growTree(database.kysely)) > 0);
    await t.rejects(makeCheckpoint(database.kysely, files), /has 2 entries, and 3 were signed/);
    await log.append(entry());
    await log.append(entry());
    const third = await start(1);
    await until(() => told.errors.length > 0);
    await delay(200);
    await third.close();
    t.equal(told.errors.length, 1, 'a failure that stays the same is told once');
    t.ok(told.errors[0] instanceof LogChanged);
    t.match(String(told.errors[0]), /the first 3 entries are not those that were signed/);
    t.strictSame(sizes(), [1, 3]);
    await rename(files.checkpointFile, `${files.checkpointFile}.old`);
    t.match(await makeCheckpoint(database.kysely, files), { size: 4 }, 'with the file set aside, it goes on');
  });
});

t.test('checkpoints of another log are not taken for its own', async (t) => {
  const dataDir = await embeddedFolder(t);
  const database = await openDatabase({ at: { dataDir } });
  t.teardown(() => database.close());
  const proofs = createLogProofs(database);
  const files = { keyFile: join(dataDir, 'log-key.pem'), checkpointFile: join(dataDir, 'checkpoints.txt') };
  await ensureLogKey(files.keyFile, await proofs.originOf());
  const anothers = signCheckpoint({ origin: 'another', size: 0, root: emptyRoot }, privateKey);
  await appendCheckpoint(files.checkpointFile, anothers);
  await t.rejects(makeCheckpoint(database.kysely, files), /of another log/);
  const own = signCheckpoint({ origin: await proofs.originOf(), size: 7, root: emptyRoot }, privateKey);
  await t.rejects(proofs.proveConsistency(anothers, own), /two logs/);
  await t.rejects(proofs.proveConsistency({ ...own, size: 0 }, own), /the log has 0 entries/);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(20);
}
