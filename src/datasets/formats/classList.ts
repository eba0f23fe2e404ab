import { isDeepStrictEqual } from 'node:util';
import type { AnnotationSet } from '../annotations.js';
import { labelsOf } from '../annotations.js';
import { ClassNamesError, readClassNames } from '../../classNames/index.js';
import { FormatError } from '../text/fault.js';
import type { ReadContext, TextFile, WriteOptions } from './format.js';

/**
 * Class names, one per line, or `names` of a YAML file.
 *
 * @throws FormatError if it holds something else, a name twice, or a blank line before a name: programs differ in
 *   whether that counts
 */
export function readClassList({ name: file, text }: TextFile): string[] {
  const { form, names } = sayingWhere(file, () => readClassNames(text));
  names.forEach(({ name, line }, i) => {
    if (form === 'lines' && line !== i + 1)
      throw new FormatError(
        { file, line: i + 1 },
        `a blank line before the class "${name}": programs that count it would give the class another number`,
      );
    if (names.findIndex((each) => each.name === name) !== i)
      throw new FormatError({ file, line }, `the class "${name}" is named twice`);
  });
  return names.map(({ name }) => name);
}

function sayingWhere<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ClassNamesError)
      throw new FormatError({ file, line: error.line }, error.message, { cause: error });
    throw error;
  }
}

/** Recognised by its name: classes.txt, obj.names, and data.yaml as Roboflow and Ultralytics write it. */
export function isClassList(name: string): boolean {
  return (
    /(^|[/\\])(classes|data_classes|predefined_classes)\.txt$|\.names$/i.test(name) ||
    /(^|[/\\])(data|dataset|classes)\.ya?ml$/i.test(name)
  );
}

/** The names for a format's class numbers: those given, else a list next to the files. */
export function classesFor(files: readonly TextFile[], context: ReadContext): readonly string[] {
  if (context.classes !== undefined) return context.classes;
  const [list, ...others] = files.filter(({ name }) => isClassList(name));
  if (list === undefined)
    throw new FormatError(
      { file: files[0]?.name ?? '' },
      'the classes are numbers here, and there is no classes.txt, .names or data.yaml next to the file: ' +
        'give their names with --classes FILE',
    );
  const names = readClassList(list);
  const other = others.find((each) => !isDeepStrictEqual(readClassList(each), names));
  if (other !== undefined)
    throw new FormatError(
      { file: other.name },
      `names other classes than ${list.name}: choose one with --classes FILE`,
    );
  return names;
}

/** The order in which classes are numbered when written. */
export function classOrder(set: AnnotationSet, options: WriteOptions): readonly string[] {
  const order = options.classes ?? labelsOf(set);
  const missing = labelsOf(set).find((label) => !order.includes(label));
  if (missing !== undefined && set.films.some((film) => film.boxes.some(({ label }) => label === missing))) {
    throw new FormatError({ file: 'classes' }, `the class list lacks "${missing}", which occurs in the annotations`);
  }
  return order;
}

export function classListFile(name: string, classes: readonly string[]): TextFile {
  return { name, text: classes.map((each) => `${each}\n`).join('') };
}
