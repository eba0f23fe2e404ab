// Compiles to dist/ before `npm start` and `npm run cli`. An installation without dev dependencies (the container
// image) has no compiler and uses the existing dist/ as it is.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildViewer } from './build-viewer.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function compilerPath() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

const tsc = compilerPath();
if (tsc !== undefined) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  process.exitCode = status ?? 1;
  // Data that code reads from beside itself; tsc copies none.
  for (const file of ['gate/frontalChest.json', 'guessable/commonPasswords.txt'])
    cpSync(join(root, 'src', file), join(root, 'dist/src', file));
  await buildViewer();
} else if (!existsSync(new URL('../dist/src/main.js', import.meta.url))) {
  process.stderr.write(
    'dist/ is missing and TypeScript is not installed: run `npm ci` (with dev dependencies) first.\n',
  );
  process.exitCode = 1;
}
