import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { commands } from '../../src/cli/commands.js';

/** Packages that a file imports for its values, with all files that it imports, and theirs. */
async function packagesOf(file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = await readFile(file, 'utf8');
  const imported = [...text.matchAll(/^(?:import|export) (?!type ).*?from '([^']+)';$/gms)].map(
    ([, name = '']) => name,
  );
  const below = imported
    .filter((name) => name.startsWith('.'))
    .map((name) => packagesOf(join(file, '..', name.replace(/\.js$/, '.ts')), seen));
  return [...imported.filter((name) => !name.startsWith('.')), ...(await Promise.all(below)).flat()];
}

t.test('--version and --help load neither the network runtime nor the database nor the server', async (t) => {
  const root = join(import.meta.dirname, '..', '..');
  const packages = new Set(await packagesOf(join(root, 'src', 'cli', 'main.ts')));
  t.strictSame([...packages].sort(), ['commander', 'node:buffer', 'node:fs']);
});

t.test('each command of the help is there, under its name', async (t) => {
  for (const [name, { load }] of Object.entries(commands)) t.equal((await load()).name(), name);
});
