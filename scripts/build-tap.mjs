// tap builds itself for the plugins of .taprc in its first run. By then it has loaded the loaders of the plugins that it
// comes with, and that run compiles every file twice: so `npm test` builds it before, once an installation.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Test } from 'tap';

const { pluginSignature } = new Test({ name: 'built with which plugins?' });
if (pluginSignature.includes('@tapjs/typescript')) {
  const tap = fileURLToPath(new URL('../node_modules/.bin/tap', import.meta.url));
  const { status } = spawnSync(tap, ['build'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
