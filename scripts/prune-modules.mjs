// Removes what nothing on this machine reads from node_modules: onnxruntime's libraries for other platforms
// (245 of 394 MB), tests, source maps and type declarations, and packages that dcmjs has bundled into its own file.
// For images: `npm prune --omit=dev`, then this.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));
const binaries = join(modules, 'onnxruntime-node/bin/napi-v6');

for (const platform of await readdir(binaries)) {
  for (const architecture of await readdir(join(binaries, platform))) {
    if (platform === process.platform && architecture === process.arch) continue;
    await rm(join(binaries, platform, architecture), { recursive: true });
  }
}

// Only dcmjs names these, and its module (dcmjs.es.js) imports nothing.
const bundledByDcmjs = [
  'core-js-pure',
  '@babel/runtime-corejs3',
  'gl-matrix',
  'dcmjs/build/dcmjs.js',
  'dcmjs/build/dcmjs.min.js',
];
for (const path of bundledByDcmjs) await rm(join(modules, path), { recursive: true, force: true });

const unread = (entry) =>
  entry.isDirectory() ? /^tests?$/.test(entry.name) : /\.(?:map|d\.[cm]?ts)$/.test(entry.name);
for (const entry of await readdir(modules, { recursive: true, withFileTypes: true })) {
  if (unread(entry)) await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
}
