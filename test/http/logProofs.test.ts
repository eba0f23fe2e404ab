import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { openDatabase } from '../../src/database/index.js';
import { createAccounts, type Role } from '../../src/auth/index.js';
import { logCommand } from '../../src/cli/log.js';
import { createDetectionLog, createLogProofs } from '../../src/log/index.js';
import { ensureLogKey } from '../../src/log/checkpoints/keyFile.js';
import { makeCheckpoint } from '../../src/log/checkpoints/sign.js';
import { growTree } from '../../src/log/tree/grow.js';
import { embeddedFolder } from '../backends.js';
import { outcomeOf } from '../cli/runCommand.js';
import { entry, model } from '../log/entries.js';
import { noVerifier, verifierPython } from '../log/verifierPython.js';
import { keys, testService } from './fakes.js';

const dataDir = await embeddedFolder(t);
const database = await openDatabase({ at: { dataDir } });
t.teardown(() => database.close());
const [log, proofs, accounts] = [
  createDetectionLog(database),
  createLogProofs(database),
  createAccounts(database, keys),
];
await log.rememberModel(model);
const files = { keyFile: join(dataDir, 'log-key.pem'), checkpointFile: join(dataDir, 'checkpoints.txt') };
const key = (await ensureLogKey(files.keyFile, await proofs.originOf())) ?? '';
const { app } = testService({ dependencies: { log, proofs, accounts } });
t.teardown(() => app.close());
const as = async (role: Role, name: string) => ({
  authorization: `Bearer ${(await accounts.issueToken({ subject: name, role, lifetimeS: 600 })).token}`,
});
const [ris, other] = [await as('submitter', 'ris'), await as('submitter', 'another')];
const get = async (url: string, headers = ris) => app.inject({ url, headers });
const sign = async () => {
  await growTree(database.kysely);
  await makeCheckpoint(database.kysely, files);
};
process.env['DATA_DIR'] = dataDir;
delete process.env['DATABASE_URL'];
const python = await verifierPython();

const film = entry({ references: { externalId: 'Röntgen 7', patientRef: 'p' } });
await log.append(film);
const url = `/v1/detections/${film.report.id}/proof`;

await t.test('before a checkpoint covers it there is no proof, and the answer says so', async (t) => {
  const answer = await get(url);
  t.match(answer.json(), { code: 'not-proven-yet', status: 409 });
  t.equal(answer.headers['retry-after'], '60');
  t.match(await outcomeOf(logCommand(), ['proof', film.report.id]), { code: 1, err: /No checkpoint covers it yet/ });
  t.strictSame((await get('/v1/log/checkpoints')).json(), { items: [], nextBefore: null });
});

await t.test('a proof is given to those who see the report', async (t) => {
  await sign();
  await log.append(entry());
  await log.audit({ code: 'exported', actor: 'a', requestId: null, address: null });
  await sign();
  const proof = (await get(url)).json<{ size: number; content: { report: string } }>();
  t.match(proof, { position: 0, size: 3, verifierKey: key });
  t.notMatch(proof.content.report, 'Röntgen', 'without what may be erased');
  t.match((await get(`${url}?size=1`)).json(), { size: 1, hashes: [] });
  t.equal((await get(`${url}?size=2`)).statusCode, 409);
  t.match((await get(url, other)).json(), { code: 'not-found' });
  t.equal((await app.inject({ url })).statusCode, 401);
  t.match((await get(`${url}?after=1`)).json(), { code: 'bad-parameter' });
  t.strictSame(JSON.parse((await outcomeOf(logCommand(), ['proof', film.report.id])).out), proof);
  t.match(await outcomeOf(logCommand(), ['proof', 'nothing']), { code: 2 });
});

await t.test('checkpoints are listed, newest first, page by page', async (t) => {
  const { items, nextBefore } = (await get('/v1/log/checkpoints?limit=1')).json<{
    items: { size: number; note: string }[];
    nextBefore: number;
  }>();
  t.match(items, [{ size: 3, verifierKey: key }]);
  t.ok((await readFile(files.checkpointFile, 'utf8')).includes(items[0]?.note ?? '-'));
  t.match((await get(`/v1/log/checkpoints?before=${nextBefore}`)).json(), { items: [{ size: 1 }], nextBefore: null });
  t.equal((await app.inject({ url: '/v1/log/checkpoints' })).statusCode, 401);
});

await t.test('an auditor checks it all without our code', { skip: python ? false : noVerifier }, async (t) => {
  if (python === undefined) return;
  const [folder, { body }] = [t.testdir(), await get(url)];
  const [path, proof] = [join(folder, 'proof.json'), JSON.parse(body) as { hashes: string[]; entry: string }];
  await writeFile(path, body);
  t.match(await python.verify(key, path), { code: 0, said: /^proven: entry 0 of 3: \{"schemaVersion":1/ });
  t.match(await python.verify(`${files.keyFile}.pub`, path), { code: 0 }, 'keys from the file beside the key');
  const anothers = (await ensureLogKey(join(folder, 'k.pem'), await proofs.originOf())) ?? '';
  const bent: readonly [string, string, RegExp][] = [
    [anothers, body, /no key that was given signed/],
    [key, body.replace('0.31', '0.32'), /the report is not the one that was logged/],
    [key, body.replace('"position":0', '"position":1'), /does not stand under the checkpoint/],
    [key, body.replace('log/', 'log/x'), /no key|not a signature|of this checkpoint/],
    [key, JSON.stringify({ ...proof, hashes: proof.hashes.slice(1) }), /the proof is too short/],
    [key, JSON.stringify({ ...proof, entry: proof.entry.replace('"seq":1', '"seq":2') }), /does not stand/],
  ];
  for (const [k, text, problem] of bent) {
    t.not(text, k === key ? body : '', 'it is bent');
    await writeFile(path, text);
    t.match(await python.verify(k, path), { code: 1, said: problem });
  }
});

await t.test('one checkpoint extends another, or does not', async (t) => {
  const folder = t.testdir();
  const notes = (await readFile(files.checkpointFile, 'utf8')).split(/(?<=\n)\n(?!—)/u).filter((note) => note !== '');
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  await writeFile(a, notes[0] ?? '');
  await writeFile(b, notes[1] ?? '');
  t.match(await outcomeOf(logCommand(), ['consistent', a, b, '--key', key]), {
    code: 0,
    out: 'the first 1 of 3 entries are unchanged\n',
  });
  const { out } = await outcomeOf(logCommand(), ['consistent', b, a, '--json']);
  if (python !== undefined) {
    await writeFile(join(folder, 'proof.json'), out);
    t.match(await python.verify(key, join(folder, 'proof.json')), { code: 0, said: /first 1 of 3 entries/ });
  }
  const changed = (notes[0] ?? '').replace(/\n1\n.{4}/, '\n1\nAAAA');
  await writeFile(a, changed);
  t.match(await outcomeOf(logCommand(), ['consistent', a, b, '--key', key]), {
    code: 2,
    err: /signature .* is not of this checkpoint/,
  });
  t.match(await outcomeOf(logCommand(), ['consistent', a, b]), { code: 1, err: /Not consistent/ });
  await writeFile(a, 'nothing');
  t.match(await outcomeOf(logCommand(), ['consistent', a, b]), { code: 2, err: /holds no checkpoint/ });
});

await t.test('a new key signs on, and verify takes the listed ones', async (t) => {
  const verify = ['verify', '--checkpoint', files.checkpointFile, '--key', `${files.keyFile}.pub`];
  const made = await outcomeOf(logCommand(), ['rotate-key']);
  t.match(made, { code: 0, out: /^lesion-detector\/log\/[0-9a-f-]{36}\+[0-9a-f]{8}\+/, err: /holds a new key/ });
  await log.append(entry());
  await sign();
  t.match((await get('/v1/log/checkpoints?limit=1')).json(), { items: [{ size: 4, verifierKey: made.out.trim() }] });
  t.match(await outcomeOf(logCommand(), verify), { code: 0, out: /3 of 3 checkpoints hold\n$/ });
  t.match(await outcomeOf(logCommand(), verify.slice(0, 3)), { code: 2, err: /go together/ });
  t.match(await outcomeOf(logCommand(), [...verify.slice(0, 4), key]), {
    code: 2,
    err: /no key that was given signed/,
  });
});
