import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { type ClassName, ClassNamesError } from './className.js';

/**
 * `names` of a YAML (or JSON) file, or the file itself if it is a list. Names are taken as written: `no` and `1.0`
 * are names, not a boolean and a number.
 *
 * @throws ClassNamesError
 */
export function namesInYaml(text: string): ClassName[] {
  const counter = new LineCounter();
  const lineOf = (node: unknown) =>
    counter.linePos((isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined) ?? 0).line;
  const documents = parseAllDocuments(text, { lineCounter: counter, merge: false });
  const [only, ...more] = 'empty' in documents ? [] : documents;
  const [fault] = documents.flatMap(({ errors }) => errors);
  if (fault !== undefined)
    throw new ClassNamesError(fault.linePos?.[0].line ?? 1, `not YAML: ${fault.message.split('\n', 1)[0] ?? ''}`, {
      cause: fault,
    });
  if (only === undefined || more.length > 0) throw new ClassNamesError(1, 'the YAML file must hold one document');
  const top = only.contents as Node | null;
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(only) : node);
  const names = resolved(isMap(top) ? top.get('names', true) : top);
  const found = isSeq(names) ? names.items : isMap(names) ? inOrder(names.items, lineOf) : undefined;
  if (found === undefined)
    throw new ClassNamesError(lineOf(names), '"names" must be a list of names, or a map of number: name');
  const read = found.map((item, i) => {
    const node = resolved(item);
    const name = isScalar(node) && node.value !== null ? (node.source ?? '').trim() : '';
    if (name === '') throw new ClassNamesError(lineOf(node), `the class ${i} has no name`);
    return { name, line: lineOf(node) };
  });
  const count: unknown = isMap(top) ? top.get('nc') : undefined;
  if (typeof count === 'number' && count !== read.length)
    throw new ClassNamesError(1, `nc is ${count}, but "names" holds ${read.length}`);
  return read;
}

/** The values of `0: a`, `1: b` … by their numbers, which must be all of 0 … n − 1. */
function inOrder(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  lineOf: (node: unknown) => number,
): unknown[] {
  const ordered: unknown[] = [];
  for (const { key, value } of items) {
    const number = Number(isScalar(key) ? key.value : Number.NaN);
    if (!Number.isInteger(number) || number < 0 || number >= items.length)
      throw new ClassNamesError(lineOf(key), `"names" must be numbered from 0 to ${items.length - 1} without gaps`);
    ordered[number] = value;
  }
  return ordered;
}
