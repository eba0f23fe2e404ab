// Bundles the browser page, src/viewer, into dist/viewer/: index.html and assets that have the hash of their content in
// their names. A running server has everything that it serves in memory, so files of an older build are removed at the
// end, when the new index.html no longer names them.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/viewer/', import.meta.url));
const target = fileURLToPath(new URL('../dist/viewer/', import.meta.url));

export async function buildViewer() {
  const { build } = await import('esbuild');
  const common = {
    bundle: true,
    minify: true,
    sourcemap: 'external',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
    outdir: target,
    metafile: true,
  };
  const files = new Map();

  // Workers first: the page refers to them by their hashed names.
  const workers = {};
  for (const path of await workerSources()) {
    const built = await build({ ...common, entryPoints: [path], format: 'iife', entryNames: '[name]-[hash]' });
    for (const { path: out, contents } of built.outputFiles) files.set(basename(out), contents);
    workers[basename(path, '.worker.ts')] = `/${scriptOf(built)}`;
  }

  const page = await build({
    ...common,
    entryPoints: { app: join(source, 'main.ts'), style: join(source, 'styles/index.css') },
    format: 'esm',
    entryNames: '[name]-[hash]',
    define: { VIEWER_WORKERS: JSON.stringify(workers) },
  });
  for (const { path: out, contents } of page.outputFiles) files.set(basename(out), contents);
  const icon = await readFile(join(source, 'icon.svg'));
  const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
  files.set(iconName, icon);

  const html = (await readFile(join(source, 'index.html'), 'utf8'))
    .replace('%SCRIPT%', `/${nameOf(page, /^app-.*\.js$/)}`)
    .replace('%STYLE%', `/${nameOf(page, /^style-.*\.css$/)}`)
    .replace('%ICON%', `/${iconName}`);

  await mkdir(target, { recursive: true });
  for (const [name, contents] of files) await writeWhole(join(target, name), contents);
  await writeWhole(join(target, 'index.html'), html);
  for (const name of await readdir(target)) {
    if (name !== 'index.html' && !files.has(name)) await rm(join(target, name), { recursive: true });
  }
}

/** Written under another name, then renamed: another build, or a starting service, never sees a partial file. */
async function writeWhole(path, contents) {
  const beside = `${path}.${process.pid}.part`;
  await writeFile(beside, contents);
  await rename(beside, path);
}

async function workerSources() {
  const names = await readdir(source, { recursive: true });
  return names
    .filter((name) => name.endsWith('.worker.ts'))
    .sort()
    .map((name) => join(source, name));
}

function scriptOf(built) {
  return nameOf(built, /\.js$/);
}

function nameOf({ outputFiles }, pattern) {
  const name = outputFiles.map(({ path }) => basename(path)).find((candidate) => pattern.test(candidate));
  if (name === undefined) throw new Error(`The bundle has no ${String(pattern)}.`);
  return name;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildViewer();
