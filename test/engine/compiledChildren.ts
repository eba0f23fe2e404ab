import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const folders = [
  'src/detector',
  'src/gate',
  'src/imaging',
  'src/registry',
  'src/engine',
  'src/children',
  'src/films',
  'test/engine/children',
];

/**
 * Compiles what the children are made of into a folder (inside the repository, so that packages are found):
 * forked as TypeScript under tap they take seconds to start, compiled a fraction of one.
 */
export function compileChildren(folder: string) {
  for (const file of sources()) {
    const { outputText } = ts.transpileModule(readFileSync(join(root, file), 'utf8'), {
      fileName: file,
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
    });
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  copyFileSync(join(root, 'src/gate/frontalChest.json'), join(folder, 'src/gate/frontalChest.json'));
  const at = (path: string) => pathToFileURL(join(folder, path));
  return {
    decoder: at('src/engine/decoder/main.js'),
    runner: at('src/engine/runner/main.js'),
    filmWriter: at('src/films/writer/main.js'),
    /** A process with an engine; see test/engine/children/host.ts. */
    host: at('test/engine/children/host.js'),
    /** Children that misbehave on order; see test/engine/children. */
    faulty: {
      decoder: at('test/engine/children/decoder.js'),
      runner: at('test/engine/children/runner.js'),
      silent: at('test/engine/children/silent.js'),
      gate: join(folder, 'test/engine/children/gate-is-open'),
    },
  };
}

function sources(): string[] {
  const inFolders = folders.flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).map((name) => join(part, name)),
  );
  return ['src/fileErrors.ts', 'src/messageOf.ts', 'src/sha256OfFile.ts', ...inFolders].filter((name) =>
    /(?<!\.d)\.ts$/.test(name),
  );
}
