import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import t from 'tap';
import { film, secret, settingsFor, studyWith } from './films.js';
import { noOrthanc, type Orthanc, startOrthanc } from './orthanc.js';

/** The worker without the service, as programs of their own, beside a real PACS. */

let orthanc: Orthanc | undefined;
let settings: Record<string, string>;

t.before(async () => {
  orthanc = await startOrthanc();
  if (orthanc !== undefined) settings = await settingsFor(orthanc);
});

t.after(async () => {
  await orthanc?.remove();
  if (orthanc !== undefined) await rm(settings['DATA_DIR'] ?? '', { recursive: true });
});

const options = { timeout: 200_000 };

t.test('beside a real Orthanc', async (t) => {
  const pacs = orthanc;
  if (pacs === undefined) {
    await t.test('the worker alone', { skip: noOrthanc }, () => undefined);
    return;
  }

  await t.test('`pacs once` takes what is new, without the service, and says what it did', options, async (t) => {
    await pacs.storescu(await film(1));
    const { code, out, err } = await cli('once', '--json');
    t.equal(code, 0, err);
    t.match(JSON.parse(out), { films: { findings: 1 }, sources: [{ source: 'orthanc', state: 'reachable' }] });
    t.equal((await studyWith(pacs, 1, 3)).length, 3);
    t.notMatch(err, secret);
    t.same(JSON.parse((await cli('status', '--json')).out), {
      sources: [{ source: 'orthanc', waiting: 0, active: 0, retry: 0, failed: 0, done: 1 }],
      films: [],
    });
  });

  await t.test('`pacs run` goes on until it is told to stop', options, async (t) => {
    const child = spawnCli('run');
    const ended = once(child, 'exit');
    let err = '';
    child.stderr.on('data', (piece) => (err += String(piece)));
    await pacs.storescu(await film(2));
    t.equal((await studyWith(pacs, 2, 3)).length, 3);
    child.kill('SIGTERM');
    t.same(await ended, [0, null], err);
    t.notMatch(err, secret);
  });
});
function spawnCli(...words: readonly string[]) {
  return spawn(process.execPath, ['--import=tsx', 'src/cli/main.ts', 'pacs', ...words], {
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'trace', ...settings },
  });
}

async function cli(...words: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawnCli(...words);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (piece) => (printed.out += String(piece)));
  child.stderr.on('data', (piece) => (printed.err += String(piece)));
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, ...printed };
}
