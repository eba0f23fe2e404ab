import { ImportError } from '../importError.js';

/** One `[section]` of a cfg, with its options as text, as darknet keeps them. */
export interface Section {
  /** Without the brackets, short names written out (`conv` → `convolutional`). */
  readonly type: string;
  /** Line of the cfg at which it starts, from 1. */
  readonly line: number;
  readonly options: ReadonlyMap<string, string>;
  /** Options that occur again with another value, and that value: darknet reads the first. */
  readonly repeated: ReadonlyMap<string, string>;
  /** Lines that are neither an option nor a comment; darknet skips them. */
  readonly unread: readonly { readonly line: number; readonly text: string }[];
}

const shortNames: ReadonlyMap<string, string> = new Map([
  ['network', 'net'],
  ['conv', 'convolutional'],
  ['max', 'maxpool'],
  ['avg', 'avgpool'],
]);

/**
 * Cuts a cfg into sections as darknet's read_cfg does (src/parser.c): all blanks are dropped, a line is a comment only
 * if it starts with # or ;, an option is split at the first `=`. Throws ImportError: `wrong-file` if the text isn't a
 * cfg at all, `bad-cfg` if it doesn't start with [net].
 */
export function parseSections(text: string): Section[] {
  const sections: (Section & {
    options: Map<string, string>;
    repeated: Map<string, string>;
    unread: { line: number; text: string }[];
  })[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .forEach((raw, index) => {
      const line = index + 1;
      const bare = raw.replace(/\s/g, '');
      if (bare === '' || bare.startsWith('#') || bare.startsWith(';')) return;
      if (bare.startsWith('[')) {
        const name = /^\[([^\]]*)\]/.exec(bare)?.[1];
        if (name === undefined)
          throw new ImportError('bad-cfg', `cfg line ${line}: "${raw.trim()}" opens a section but does not close it`);
        sections.push({
          type: shortNames.get(name) ?? name,
          line,
          options: new Map(),
          repeated: new Map(),
          unread: [],
        });
        return;
      }
      const section = sections.at(-1);
      if (section === undefined) {
        throw new ImportError(
          'wrong-file',
          `the cfg is not a darknet cfg: line ${line} is "${raw.trim().slice(0, 80)}" instead of [net]`,
        );
      }
      const equals = bare.indexOf('=');
      if (equals < 1) {
        section.unread.push({ line, text: raw.trim() });
        return;
      }
      const key = bare.slice(0, equals);
      const value = bare.slice(equals + 1);
      const before = section.options.get(key);
      if (before === undefined) section.options.set(key, value);
      else if (before !== value) section.repeated.set(key, value);
    });
  const [net] = sections;
  if (net === undefined) throw new ImportError('wrong-file', 'the cfg is empty: it has no sections');
  if (net.type !== 'net')
    throw new ImportError(
      'bad-cfg',
      `the cfg starts with [${net.type}] (line ${net.line}), but the first section must be [net]`,
    );
  const second = sections.slice(1).find(({ type }) => type === 'net');
  if (second !== undefined)
    throw new ImportError('bad-cfg', `a second [net] at line ${second.line}: are two cfgs joined in one file?`);
  return sections;
}
