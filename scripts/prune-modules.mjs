// Removes from node_modules what no run on this machine reads: onnxruntime's libraries for other platforms
// (245 of 394 MB), source maps and type declarations. For images: `npm prune --omit=dev`, then this.
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

for (const entry of await readdir(modules, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && /\.(?:map|d\.[cm]?ts)$/.test(entry.name)) await rm(join(entry.parentPath, entry.name));
}
