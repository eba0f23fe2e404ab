import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { readConfig } from '../src/config.js';
import { startKeeping } from '../src/keeping.js';
import { checkpointsIn } from '../src/log/index.js';
import { embeddedFolder } from './backends.js';

async function keepingIn(t: Test, environment: NodeJS.ProcessEnv = {}) {
  const dataDir = await embeddedFolder(t);
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const start = () => startKeeping(readConfig({ DATA_DIR: dataDir, IMAGE_STORE: 'none', ...environment }), logger);
  return { dataDir, lines, start };
}

const event = { code: 'signed-in', actor: 'a', requestId: null, address: null };

t.test('what is logged is signed when the service stops, with a key of its owner alone', async (t) => {
  const { dataDir, lines, start } = await keepingIn(t);
  const { log, close } = await start();
  await log.audit(event);
  await close();
  t.equal((await stat(join(dataDir, 'log-key.pem'))).mode & 0o777, 0o600);
  const [checkpoint] = checkpointsIn(await readFile(join(dataDir, 'checkpoints.txt'), 'utf8'));
  t.equal(checkpoint?.size, 1);
  t.match(lines, [{ verifierKey: /^lesion-detector\/log\/.*\+/ }, { size: 1, checkpoint: checkpoint?.note }]);
});

t.test('without a key that can be used the service runs, and says so', async (t) => {
  const { dataDir, lines, start } = await keepingIn(t, { LOG_KEY_FILE: join(t.testdir(), 'file', 'key.pem') });
  await writeFile(join(t.testdirName, 'file'), '');
  const { log, close } = await start();
  await log.audit(event);
  await close();
  t.match(lines, [{ level: 50, msg: /no checkpoints are signed/ }]);
  await t.rejects(stat(join(dataDir, 'checkpoints.txt')), { code: 'ENOENT' });
});
