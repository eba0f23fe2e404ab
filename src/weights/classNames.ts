import { ImportError } from './importError.js';

/** Reads a classes file: one name a line, blank lines left out. Throws ImportError `bad-options` where it holds none, or one twice. */
export function parseClassNames(text: string): string[] {
  const names = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length === 0) throw new ImportError('bad-options', 'the classes file names no class');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ImportError('bad-options', `the classes file names "${twice}" twice`);
  return names;
}
