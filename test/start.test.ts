import { build } from 'esbuild';
import { createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { once } from 'node:events';
import { join } from 'node:path';
import { pino } from 'pino';
import t from 'tap';
import { readConfig } from '../src/config.js';
import { startService } from '../src/service.js';
import { writeTinyModel } from './engine/tinyModel.js';

t.test('the children start while the database is on its way, and end if it never comes', async (t) => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  t.teardown(() => mute.close());
  const address = mute.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const modelsDir = t.testdir();
  await writeTinyModel(modelsDir);
  const config = readConfig({
    DATABASE_URL: `postgres://app@127.0.0.1:${port}/log`,
    JWT_SECRET: 'Q3v9-Lm2x_Tz7w.Rb5n+Yc8k/Hd4j=Pf6',
    MODELS_DIR: modelsDir,
    DATA_DIR: join(modelsDir, 'data'),
    EXECUTION_PROVIDERS: 'cpu',
    IMAGE_STORE: 'none',
    RUNNERS: '1',
    DECODERS: '1',
    PORT: '0',
  });
  const ready: { child: string; pid?: number }[] = [];
  const bothReady = new Promise<void>((resolve) => {
    const log = new Writable({
      write(line: Buffer, _encoding, done) {
        const { msg, child } = JSON.parse(line.toString()) as { msg: string; child: string };
        if (/^the (decoder|runner) is ready$/.test(msg)) ready.push({ child });
        if (ready.length === 2) resolve();
        done();
      },
    });
    const started = startService(config, pino(log));
    void t.rejects(started, 'a database that hangs up is a reason not to start').then(() => {
      resolve();
    });
  });
  await bothReady;
  t.strictSame(ready.map(({ child }) => child).sort(), ['decoder', 'runner'], 'the database has not said a word yet');
  // It may try again before it gives up.
  const hangUp = setInterval(() => {
    for (const socket of sockets) socket.destroy();
  }, 20);
  t.teardown(() => {
    clearInterval(hangUp);
  });
});

t.test(
  'before it starts its children the service loads neither database nor web server, nor native code',
  async (t) => {
    const packages = await staticPackagesOf('src/main.ts');
    t.ok(packages.has('pino') && packages.has('env-schema'), 'the walk has seen what is loaded');
    for (const late of [
      'fastify',
      'kysely',
      'pg',
      '@electric-sql/pglite',
      '@node-rs/argon2',
      'sharp',
      'onnxruntime-node',
    ])
      t.notOk(packages.has(late), late);
    const database = await staticPackagesOf('src/database/index.ts');
    for (const either of ['pg', '@electric-sql/pglite'])
      t.notOk(database.has(either), `${either} only where it is used`);
  },
);

t.test('each child loads the one native library that it is there for, and no package beside it', async (t) => {
  t.strictSame([...(await staticPackagesOf('src/engine/decoder/main.ts'))].filter(isPackage), ['sharp']);
  t.strictSame([...(await staticPackagesOf('src/engine/runner/main.ts'))].filter(isPackage), ['onnxruntime-node']);
});

const isPackage = (name: string) => !name.startsWith('node:');

/** Packages that are loaded with a module, without those that it loads later by `import()`. */
async function staticPackagesOf(entry: string): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    splitting: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    logLevel: 'silent',
  });
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: to, kind, external } of metafile.inputs[path]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (external === true) packages.add(to);
      else visit(to);
    }
  };
  visit(entry);
  return packages;
}
