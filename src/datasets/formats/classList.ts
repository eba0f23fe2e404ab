import { isDeepStrictEqual } from 'node:util';
import type { AnnotationSet } from '../annotations.js';
import { labelsOf } from '../annotations.js';
import { FormatError } from '../text/fault.js';
import { numberedLines } from '../text/text.js';
import type { ReadContext, TextFile, WriteOptions } from './format.js';

/** Class names, one a line. Throws FormatError where a name stands twice, and for a blank line before a name: programs differ in whether it counts. */
export function readClassList({ name: file, text }: TextFile): string[] {
  const names: string[] = [];
  for (const { text: line, line: number } of numberedLines(text)) {
    const name = line.trim();
    if (number !== names.length + 1)
      throw new FormatError(
        { file, line: names.length + 1 },
        `a blank line before the class "${name}", which would have another number in programs that count it`,
      );
    if (names.includes(name)) throw new FormatError({ file, line: number }, `the class "${name}" is named twice`);
    names.push(name);
  }
  return names;
}

export function isClassList(name: string): boolean {
  return /(^|[/\\])(classes|data_classes|predefined_classes)\.txt$|\.names$/i.test(name);
}

/** The names by which a format's numbers are read: those given, else a list that lies beside the files. */
export function classesFor(files: readonly TextFile[], context: ReadContext): readonly string[] {
  if (context.classes !== undefined) return context.classes;
  const [list, ...others] = files.filter(({ name }) => isClassList(name));
  if (list === undefined)
    throw new FormatError(
      { file: files[0]?.name ?? '' },
      'the classes are numbers here, and there is no classes.txt beside the file: say which with --classes FILE',
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
