import { type ClassName, ClassNamesError } from './className.js';
import { namesInYaml } from './namesInYaml.js';

export interface ClassNameList {
  /** `lines`: one name a line, blank lines skipped. */
  readonly form: 'lines' | 'yaml';
  readonly names: readonly ClassName[];
}

/**
 * Class names in the order of their numbers: one per line, or `names` of a YAML file as Roboflow and Ultralytics write
 * it (a list, or number: name), or a JSON list. Blank lines are skipped.
 *
 * @throws ClassNamesError if the text is something else, such as a darknet .data file: read line by line, its settings
 *   would become classes
 *
 * @example
 * readClassNames('opacity\nnodule\n').names; // [{ name: 'opacity', line: 1 }, { name: 'nodule', line: 2 }]
 * readClassNames('nc: 1\nnames: [opacity]\n').names; // [{ name: 'opacity', line: 2 }]
 */
export function readClassNames(text: string): ClassNameList {
  const plain = text.replace(/^\uFEFF/, '');
  if (/^(names|"names"|'names')\s*:/m.test(plain) || /^\s*(---|[[{])/.test(plain))
    return { form: 'yaml', names: namesInYaml(plain) };
  const lines = plain
    .split(/\r\n|\r|\n/)
    .map((each, i) => ({ name: each.trim(), line: i + 1 }))
    .filter(({ name }) => name !== '');
  refuseNamesOfNames(lines);
  for (const { name, line } of lines) {
    const kind = notANameIs.find(({ pattern }) => pattern.test(name));
    if (kind !== undefined) throw new ClassNamesError(line, `"${name}" ${kind.says}`);
  }
  const numbered = lines.every(({ name }, i) => new RegExp(`^0*(${i}|${i + 1})[\\s,;.)]+\\S`).test(name));
  if ((numbered && lines.length > 1) || (lines.length > 0 && lines.every(({ name }) => /\S\s*[,;]\s*\d+$/.test(name))))
    throw new ClassNamesError(1, `"${lines[0]?.name ?? ''}": the lines are numbered; leave out the numbers`);
  return { form: 'lines', names: lines };
}

/** darknet's obj.data points to the list. */
function refuseNamesOfNames(lines: readonly ClassName[]): void {
  for (const { name, line } of lines) {
    const [, path] = /^names\s*=\s*(.+)$/.exec(name) ?? [];
    if (path !== undefined)
      throw new ClassNamesError(line, `this is a darknet .data file: give the file that it names, ${path}`);
  }
}

const notANameIs: readonly { readonly pattern: RegExp; readonly says: string }[] = [
  {
    pattern: /^[^\s:=]+\s*=/,
    says: 'is a setting, not a class name; if this is a darknet .data file, give its .names file',
  },
  {
    pattern: /^("[^"]*"|'[^']*'|[^\s:]+)\s*:(\s|$)/,
    says: 'is a setting, not a class name; a YAML file must have "names" at its top level',
  },
  { pattern: /^(#|\/\/)/, says: 'looks like a comment, and would be a class of its own; leave it out' },
  {
    pattern: /\t|^(ids?|index|names?|labels?|class(es|_?id|_?name)?)\s*[,;]/i,
    says: 'is a line of a table, not a class name; give a file with one name a line',
  },
  { pattern: /^-\s/, says: 'is an item of a YAML list, not a class name; put "names:" before the list' },
  {
    pattern: /^<(!doctype|html|\?xml)|^\w+\s*\{$|^\}$/i,
    says: 'is not a class name; give a file with one name a line',
  },
];
