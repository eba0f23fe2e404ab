import { ClassNamesError, readClassNames } from '../classNames/index.js';
import { ImportError } from './importError.js';

/**
 * The names in a classes file: one per line, or `names` of a YAML file.
 *
 * @throws ImportError `bad-options` if it is something else, holds no name, or a name twice
 */
export function parseClassNames(text: string): string[] {
  const names = sayingBadOptions(() => readClassNames(text)).names.map(({ name }) => name);
  if (names.length === 0) throw new ImportError('bad-options', 'the classes file names no class');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ImportError('bad-options', `the classes file names "${twice}" twice`);
  return names;
}

function sayingBadOptions<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ClassNamesError)) throw error;
    throw new ImportError('bad-options', `the classes file, line ${error.line}: ${error.message}`, { cause: error });
  }
}
