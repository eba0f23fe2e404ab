import { isDeepStrictEqual } from 'node:util';
import type { AnnotationSet } from '../annotations.js';
import { labelsOf } from '../annotations.js';
import { ClassNamesError, readClassNames } from '../../classNames/index.js';
import { FormatError } from '../text/fault.js';
import type { ReadContext, TextFile, WriteOptions } from './format.js';

/**
 * Class names, one a line, or `names` of a YAML file.
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
        `a blank line before the class "${name}", which would have another number in programs that count it`,
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

/** By its name: classes.txt, obj.names, and data.yaml as Roboflow and Ultralytics write it. */
export function isClassList(name: string): boolean {
  return (
    /(^|[/\\])(classes|data_classes|predefined_classes)\.txt$|\.names$/i.test(name) ||
    /(^|[/\\])(data|dataset|classes)\.ya?ml$/i.test(name)
  );
}

/** The names by which a format's numbers are read: those given, else a list that lies beside the files. */
export function classesFor(files: readonly TextFile[], context: ReadContext): readonly string[] {
  if (context.classes !== undefined) return context.classes;
  const [list, ...others] = files.filter(({ name }) => isClassList(name));
  if (list === undefined)
    throw new FormatError(
      { file: files[0]?.name ?? '' },
      'the classes are numbers here, and there is no classes.txt, .names or data.yaml beside the file: say ' +
        'which with --classes FILE',
    );
  const names = readClassList(list);
  const other = others.find((each) => !isDeepStrictEqual(readClassList(each), names));
  if (other !== undefined)
    throw new FormatError(
      { file: other.name },
      `names other classes than ${list.name}: say which is meant with --classes FILE`,
    );
  return names;
}

/** The order in which classes are numbered when written. */
export function classOrder(set: AnnotationSet, options: WriteOptions): readonly string[] {
  const order = options.classes ?? labelsOf(set);
  const missing = labelsOf(set).find((label) => !order.includes(label));
  if (missing !== undefined && set.films.some((film) => film.boxes.some(({ label }) => label === missing))) {
    throw new FormatError({ file: 'classes' }, `the class list does not name "${missing}", which the annotations hold`);
  }
  return order;
}

export function classListFile(name: string, classes: readonly string[]): TextFile {
  return { name, text: classes.map((each) => `${each}\n`).join('') };
}
