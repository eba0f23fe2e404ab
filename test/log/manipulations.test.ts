import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import t from 'tap';
import { openDatabase } from '../../src/database/index.js';
import { createDetectionLog, createLogProofs } from '../../src/log/index.js';
import { ensureLogKey } from '../../src/log/checkpoints/keyFile.js';
import { makeCheckpoint } from '../../src/log/checkpoints/sign.js';
import { growTree } from '../../src/log/tree/grow.js';
import { logCommand } from '../../src/cli/log.js';
import { outcomeOf } from '../cli/runCommand.js';
import { noPostgres, startPostgres } from '../postgres.js';
import { entry, model, sha256 } from './entries.js';
import { type Manipulation, manipulations } from './manipulations.js';
import { noVerifier, verifierPython, type VerifierPython } from './verifierPython.js';

/**
 * Every manipulation by a superuser is found against a checkpoint that was taken before. The table in docs/log.md is
 * what was found here: `DOCS=write npx tap test/log/manipulations.test.ts` writes it anew.
 */
const columns = [
  'what was done',
  'how it was hidden',
  '`log verify` alone',
  'against a checkpoint',
  'what differs first',
  '`verify_log.py`, proof of film 8',
];

const cluster = await startPostgres();
const python = await verifierPython();
if (cluster === undefined || python === undefined)
  await t.test('manipulations', { skip: cluster === undefined ? noPostgres : noVerifier }, () => undefined);
else {
  t.teardown(() => cluster.remove());
  const url = await cluster.createDatabase('before');
  const files = { keyFile: join(t.testdir(), 'key.pem'), checkpointFile: join(t.testdirName, 'checkpoints.txt') };
  const { films, key } = await filled(url, files);
  process.env['DATA_DIR'] = t.testdirName;
  const lines: string[] = [];
  const verify = ['verify', '--checkpoint', files.checkpointFile, '--key', `${files.keyFile}.pub`];

  await t.test('what was not manipulated verifies, and is proven', async (t) => {
    process.env['DATABASE_URL'] = url;
    t.match(await outcomeOf(logCommand(), verify), {
      code: 0,
      out: /^30 rows, 0 faults; head 30 [0-9a-f]{64}\n40 entries in the tree, 0 faults; 5 of 5 checkpoints hold\n$/,
    });
    t.match(await python.verify(key, '--checkpoints', files.checkpointFile), {
      code: 0,
      said: 'proven: 5 checkpoints are signed\n',
    });
    t.match(await verifierSays(url, films[7] ?? '', { python, key, folder: t.testdir() }), 'proven');
  });

  for (const [i, manipulation] of manipulations.entries()) {
    await t.test(`${manipulation.what}: ${manipulation.how}`, async (t) => {
      const changed = await copyOf(url, `changed${i}`);
      const database = await openDatabase({ at: { url: changed } });
      await manipulation.act(database.kysely, films);
      await database.close();
      process.env['DATABASE_URL'] = changed;
      const alone = await outcomeOf(logCommand(), ['verify']);
      const against = await outcomeOf(logCommand(), verify);
      t.equal(against.code, 1, 'it is found against the checkpoint');
      const first = /^first difference\t(.*)$/m.exec(against.out)?.[1];
      t.ok(first, 'and what differs first is named');
      const said = await verifierSays(changed, films[7] ?? '', { python, key, folder: t.testdir() });
      lines.push(lineOf(manipulation, { alone: alone.code, first: named(first ?? '', films), said }));
    });
  }

  await t.test('docs/log.md has the table', async (t) => {
    const path = new URL('../../docs/log.md', import.meta.url);
    const text = await readFile(path, 'utf8');
    const table = [`| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`, ...lines].join('\n');
    const written = text.replace(/(?<=<!-- manipulations -->\n\n)[\s\S]*?(?=\n\n<!-- end -->)/, () => table);
    if (process.env['DOCS'] === 'write') await writeFile(path, written);
    t.ok(text.includes('<!-- manipulations -->'));
    t.equal(process.env['DOCS'] === 'write' ? written : text, written);
  });
}

interface Found {
  readonly alone: number | null;
  readonly first: string;
  readonly said: string;
}

function lineOf({ what, how }: Manipulation, { alone, first, said }: Found): string {
  return `| ${what} | ${how} | ${alone === 0 ? 'unseen' : 'found'} | **found** | ${first} | ${said} |`;
}

/** Ids differ in each run. */
function named(text: string, films: readonly string[]): string {
  return films.reduce((all, id, i) => all.replaceAll(id, `film ${i + 1}`), text);
}

/** Thirty films and ten audit events, under five checkpoints. */
async function filled(
  url: string,
  files: { readonly keyFile: string; readonly checkpointFile: string },
): Promise<{ readonly films: readonly string[]; readonly key: string }> {
  const database = await openDatabase({ at: { url } });
  const log = createDetectionLog(database);
  await log.rememberModel(model);
  const key = (await ensureLogKey(files.keyFile, await createLogProofs(database).originOf())) ?? '';
  const films: string[] = [];
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 6; i++) {
      const n = films.length;
      const one = entry({
        references: { patientRef: `p${n}` },
        idempotency: { key: `k${n}`, bodySha256: sha256(`film ${n}`) },
      });
      await log.append(one);
      films.push(one.report.id);
    }
    for (const code of ['signed-in', 'exported'])
      await log.audit({ code, actor: `user ${round}`, requestId: null, address: '10.0.0.7' });
    await growTree(database.kysely);
    await makeCheckpoint(database.kysely, files);
  }
  await database.close();
  return { films, key };
}

/** What an auditor gets to hear who asks for the proof of a film under the newest checkpoint. */
async function verifierSays(
  url: string,
  id: string,
  { python, key, folder }: { readonly python: VerifierPython; readonly key: string; readonly folder: string },
): Promise<string> {
  const database = await openDatabase({ at: { url } });
  try {
    const proof = await createLogProofs(database)
      .proveDetection(id)
      .catch((error: unknown) => {
        if (error instanceof Error && error.name === 'MissingHashes') return 'no proof';
        throw error;
      });
    if (typeof proof === 'string') return 'no proof';
    const path = join(folder, 'proof.json');
    await writeFile(path, JSON.stringify(proof));
    const { code, said } = await python.verify(key, path);
    return code === 0 ? 'proven' : said.trim();
  } finally {
    await database.close();
  }
}

async function copyOf(url: string, name: string): Promise<string> {
  const target = new URL(url);
  target.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.replace(/\/before$/, '/postgres') });
  await client.connect();
  await client.query(`create database ${name} template before`);
  await client.end();
  return target.href;
}
