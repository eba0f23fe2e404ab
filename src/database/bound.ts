import type { Kysely } from 'kysely';
import type { Tables } from './tables.js';

type OnDatabase<Rest extends readonly never[], Result> = (db: Kysely<Tables>, ...rest: Rest) => Result;

/** Each function without its first parameter, the database. */
export type Bound<Functions> = {
  [Name in keyof Functions]: Functions[Name] extends (db: Kysely<Tables>, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/**
 * Binds functions that take a database as their first parameter to one database. Adding a function means adding its
 * name to the list: the type is inferred.
 *
 * @example
 * const log = bindDatabase(db, { find, list });
 * await log.find(id); // find(db, id)
 */
export function bindDatabase<Functions extends Record<string, OnDatabase<never[], unknown>>>(
  db: Kysely<Tables>,
  functions: Functions,
): Bound<Functions> {
  const bound = Object.entries(functions).map(([name, call]) => [name, call.bind(null, db)]);
  return Object.fromEntries(bound) as Bound<Functions>;
}
