// Builds, then runs a program of dist/ in this process: `node scripts/run.mjs src/cli/main.js model list`.
// One script instead of npm's `pre…` scripts, which don't run under `ignore-scripts` (docs/decisions/0003).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [program, ...options] = process.argv.slice(2);
const build = fileURLToPath(new URL('build.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [build], { stdio: 'inherit' });
if (status === 0) {
  const path = fileURLToPath(new URL(`../dist/${program}`, import.meta.url));
  process.argv.splice(1, Infinity, path, ...options);
  await import(new URL(`../dist/${program}`, import.meta.url).href);
} else {
  process.exitCode = 1;
}
