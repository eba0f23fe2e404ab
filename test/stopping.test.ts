import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { temporaryFolder } from './backends.js';
import { freePort } from './postgres.js';

// Compiled: as TypeScript under tap, the service and its children take many times longer to start.
const program = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const skip = !existsSync(program) && 'needs `npm run build`';

t.test('told to stop with its whole process group, the service ends without complaints', { skip }, async (t) => {
  const service = start(t);
  await service.said(/^curl /);
  process.kill(-service.pid, 'SIGTERM');
  t.equal(await service.ended, 0);
  t.strictSame(service.complaints(), []);
});

t.test('told to stop while it makes the first accounts, the service ends without complaints', { skip }, async (t) => {
  const service = start(t);
  await service.said(/"part":"models"/);
  process.kill(service.pid, 'SIGTERM');
  t.equal(await service.ended, 0);
  t.strictSame(service.complaints(), []);
});

t.test('a port that is in use is said with the setting to change', { skip }, async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const service = start(t, { PORT: String(port), LOG_LEVEL: 'silent' });
  t.equal(await service.ended, 1);
  t.match(
    service.lines().join('\n'),
    `Can't listen on 127.0.0.1, port ${port}: another program uses this port. Set PORT`,
  );
});

t.test('whoever waits until the service is ready finds accounts and call printed', { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const output = await open(join(folder, 'output'), 'w');
  const port = await freePort();
  start(t, { PORT: String(port), DATA_DIR: join(folder, 'data') }, output.fd);
  while (!(await isReady(port))) await setTimeout(20);
  const printed = await readFile(join(folder, 'output'), 'utf8');
  await output.close();
  t.match(printed, /^ {2}operator +\S+ {2}\(operator\)$/m);
  t.match(printed, new RegExp(`^curl .* http://127.0.0.1:${port}/v1/detections$`, 'm'));
});

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  return answer?.status === 200;
}

/** The service in a process group of its own, as npm or a supervisor runs it. */
function start(t: Test, environment: NodeJS.ProcessEnv = {}, stdout: 'pipe' | number = 'pipe') {
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      DATA_DIR: t.testdir(),
      PORT: '0',
      EXECUTION_PROVIDERS: 'cpu',
      NODE_ENV: '',
      // Without tap's loaders.
      NODE_OPTIONS: '',
      ...environment,
    },
    stdio: ['ignore', stdout, 'pipe'],
    detached: true,
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const listener of listeners) listener(line);
    });
  }
  const ended = once(child, 'close').then(([code]: unknown[]) => code);
  return {
    pid: child.pid ?? 0,
    ended,
    lines: () => lines,
    /** Lines of the log from `warn` on, and lines of the loader or of main.ts on stderr. */
    complaints: () => lines.filter((line) => /^\{"level":[456]0|did not start|destroyed|Error/.test(line)),
    said: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        listeners.push((line) => {
          if (pattern.test(line)) resolve();
        });
        void ended.then(() => {
          reject(new Error(`it never said ${String(pattern)}:\n${lines.join('\n')}`));
        });
      }),
  };
}
