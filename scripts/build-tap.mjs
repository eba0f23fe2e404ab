// In its first run, tap builds itself for the plugins of .taprc. By then it has loaded the loaders of its default
// plugins, and that run compiles every file twice. So `npm test` builds it first, once per installation.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Test } from 'tap';

const { pluginSignature } = new Test({ name: 'built with which plugins?' });
if (pluginSignature.includes('@tapjs/typescript')) {
  const tap = fileURLToPath(new URL('../node_modules/.bin/tap', import.meta.url));
  const { status } = spawnSync(tap, ['build'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
