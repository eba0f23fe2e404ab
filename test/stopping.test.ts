import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

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
  await service.said(/Server listening/);
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

/** The service in a process group of its own, as npm or a supervisor runs it. */
function start(t: Test, environment: NodeJS.ProcessEnv = {}) {
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
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
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
