/**
 * Reads a value that has the expected shape, or throws ShapeError. The page trusts its server, but the two may
 * be of different versions: an answer of another shape must be a named error, not `undefined` somewhere on a
 * film. Members that the shape does not name are ignored.
 */
export type Shape<T> = (value: unknown, path: string) => T;
export type Of<S> = S extends Shape<infer T> ? T : never;

export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  constructor(path: string, expected: string) {
    super(`The server's answer can't be read: ${path === '' ? 'it' : path} is not ${expected}.`);
  }
}

export const string: Shape<string> = (value, path) => {
  if (typeof value !== 'string') throw new ShapeError(path, 'text');
  return value;
};

export const number: Shape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ShapeError(path, 'a number');
  return value;
};

export const boolean: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new ShapeError(path, 'true or false');
  return value;
};

export function oneOf<const T extends readonly string[]>(...allowed: T): Shape<T[number]> {
  return (value, path) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw new ShapeError(path, `one of ${allowed.join(', ')}`);
    return found;
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path));
}

/** A member that may be missing or null; both become undefined. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : shape(value, path));
}

export function array<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, 'a list');
    return value.map((entry: unknown, index) => shape(entry, `${path}[${index}]`));
  };
}

export function record<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(objectAt(value, path)).map(([name, entry]) => [name, shape(entry, `${path}.${name}`)]),
    );
}

export function object<const Members extends Readonly<Record<string, Shape<unknown>>>>(
  members: Members,
): Shape<{ readonly [Name in keyof Members]: Of<Members[Name]> }> {
  return (value, path) => {
    const given = objectAt(value, path);
    const read = Object.fromEntries(
      Object.entries(members).map(([name, shape]) => [
        name,
        shape(given[name], path === '' ? name : `${path}.${name}`),
      ]),
    );
    // Object.fromEntries forgets which name goes with which shape; each was just read by its own.
    return read as { readonly [Name in keyof Members]: Of<Members[Name]> };
  };
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ShapeError(path, 'an object');
  return Object.fromEntries(Object.entries(value));
}
