import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { modelCommand } from '../../src/cli/model/command.js';
import { fixtures, referenceFile } from '../weights/references.js';
import { outcomeOf } from './runCommand.js';

// Read as UTF-8, ü and ö of ISO-8859-1 become the same sign: two patients, users or classes would be one.
const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');

/** The program with "Müller" in ISO-8859-1 as its last argument or on stdin; node itself can't pass such bytes on. */
async function program(where: 'argument' | 'stdin' | 'nothing', args: readonly string[], dataDir: string) {
  const name = "printf 'M\\374ller-and-more'";
  const lines = { argument: `exec "$@" "$(${name})"`, stdin: `${name} | "$@"`, nothing: 'exec "$@"' };
  const child = spawn('sh', ['-c', lines[where], 'sh', process.execPath, ...process.execArgv, main, ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
  });
  let err = '';
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  child.stdin.end();
  const closed: unknown[] = await once(child, 'close');
  return { code: closed[0], err };
}

t.test('an argument that is not UTF-8 names nobody', async (t) => {
  const dataDir = t.testdir();
  for (const args of [
    ['log', 'erase', '--patient-ref'],
    ['user', 'disable'],
  ])
    t.match(await program('argument', args, dataDir), { code: 2, err: /the argument "M.ller-and-more" is not UTF-8/ });
  t.strictSame(await readdir(dataDir), [], 'nothing was opened');
  const meant = await program('nothing', ['log', 'erase', '--patient-ref', 'M\ufffdller'], dataDir);
  t.match(meant.err, /there is no log/i, 'the sign U+FFFD itself can be given, to erase what was damaged long ago');
});

t.test('a password that is not UTF-8 is refused: nobody could log in with it', async (t) => {
  const dataDir = t.testdir();
  const added = await program('stdin', ['user', 'add', 'anna', '--role', 'submitter'], dataDir);
  t.match(added, { code: 2, err: /the password is not UTF-8/ });
  t.strictSame(await readdir(dataDir), [], 'no user was made');
});

t.test('class names that are not UTF-8 make no model', async (t) => {
  const folder = t.testdir();
  for (const suffix of ['cfg', 'weights'])
    await writeFile(join(folder, suffix), referenceFile(fixtures, `yoloface-50k/yoloface-50k.${suffix}`)!);
  const classes = join(folder, 'classes-in-latin-1.txt');
  await writeFile(classes, Buffer.from('M\xfcller\n', 'latin1'));
  const [cfg, weights, out] = [join(folder, 'cfg'), join(folder, 'weights'), join(folder, 'models')];
  const args = ['import', '--name', 'face', '--classes', classes, '--cfg', cfg, '--weights', weights, '--out', out];
  const imported = await outcomeOf(modelCommand(), args);
  t.match(imported, { code: 2, err: /classes-in-latin-1\.txt:1: the text is not UTF-8; save it as UTF-8/ });
});
