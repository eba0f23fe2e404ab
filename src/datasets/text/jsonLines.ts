/** An open object or array; without a path if nothing in it is wanted. */
interface Open {
  readonly path?: string;
  /** Of the next element of an array. */
  index?: number;
  /** Of the next value of an object. */
  key?: string;
}

/**
 * The lines (from 1) on which values of a JSON text begin, by their paths, spelled as in faults: `images[3]`,
 * `assets.4f1c.regions[0]`. Keys may hold dots; two paths spelled alike are not expected. JSON.parse, which does not
 * tell where a value was, must have accepted the text.
 */
export function linesOfValues(text: string, wanted: ReadonlySet<string>): Map<string, number> {
  const above = new Set(
    [...wanted].flatMap((path) => [...path.matchAll(/[.[]/g)].map(({ index }) => path.slice(0, index))),
  );
  const lines = new Map<string, number>();
  const open: Open[] = [];
  let line = 1;
  const pathOf = ({ path, index, key }: Open) =>
    path === undefined
      ? undefined
      : index !== undefined
        ? `${path}[${index}]`
        : path === ''
          ? key
          : `${path}.${key ?? ''}`;
  const begin = (): string | undefined => {
    const last = open.at(-1);
    const path = last === undefined ? '' : pathOf(last);
    if (path !== undefined && wanted.has(path)) lines.set(path, line);
    return path === '' || (path !== undefined && above.has(path)) ? path : undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const last = open.at(-1);
    if (character === '\n') line += 1;
    else if (character === '{' || character === '[') {
      const path = begin();
      open.push({ ...(path === undefined ? {} : { path }), ...(character === '[' ? { index: 0 } : {}) });
    } else if (character === '}' || character === ']') open.pop();
    else if (character === ',') {
      if (last?.index !== undefined) last.index += 1;
      else if (last !== undefined) delete last.key;
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (last === undefined || last.index !== undefined || last.key !== undefined) begin();
      else last.key = keyOf(text.slice(at, end));
      at = end - 1;
    } else if (character !== undefined && character > ' ' && character !== ':') begin();
  }
  return lines;
}

/** The first place where a JSON text nests deeper than `limit`; undefined if it never does. */
export function positionOfDepth(text: string, limit: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if ((character === '{' || character === '[') && ++depth > limit) return at;
  }
  return undefined;
}

/** The position after the quote that closes the string. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function keyOf(written: string): string {
  const key: unknown = JSON.parse(written);
  return String(key);
}
