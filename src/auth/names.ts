import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from '../database/index.js';
import { AccountError } from './account.js';

/** Throws AccountError `bad-name`. */
export function assertName(name: string): void {
  if (!isName(name))
    throw new AccountError('bad-name', 'a name has 1 to 64 characters: letters, digits, and . _ @ - after the first');
}

export function isName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u.test(name);
}

/** Alphabets whose letters are easily confused. */
const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
];

/** Cyrillic and Greek small letters that look like Latin ones, from https://www.unicode.org/Public/security/ */
const latinOf = new Map(
  // prettier-ignore
  Object.entries({
    а: 'a', в: 'b', е: 'e', ё: 'ë', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x',
    ѕ: 's', і: 'i', ї: 'ï', ј: 'j', ԁ: 'd', һ: 'h', ԛ: 'q', ԝ: 'w', ѵ: 'v', ү: 'y', ӏ: 'l',
    α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', γ: 'y', ϲ: 'c',
  }),
);

/** What a name looks like: people confuse names that differ only in case, width or lookalike letters. */
function lookOf(name: string): string {
  // To capitals first, so that ß equals SS and ς equals σ.
  const folded = name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
  return Array.from(folded, (letter) => latinOf.get(letter) ?? letter).join('');
}

/**
 * A user and a machine made at the same time must not get the same name, or names that look alike: each checks for the
 * other only while it holds this lock on the look.
 */
export async function holdName(trx: Transaction<Tables>, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`name ${lookOf(name)}`}, 0))`.execute(trx);
}

/** Throws AccountError `bad-name`, or `name-in-use` if the name could be confused with that of a user or machine. */
export async function assertUnmistakable(db: Kysely<Tables>, name: string): Promise<void> {
  const users = db.selectFrom('users').select('name');
  const machines = db.selectFrom('tokens').select('subject as name').where('user_name', 'is', null);
  const taken = await users.union(machines).execute();
  if (taken.some((other) => other.name === name)) return;
  if (scripts.filter((script) => script.test(name)).length > 1)
    throw new AccountError('bad-name', 'a name must be in one script: letters of different scripts look alike');
  const alike = taken.find((other) => lookOf(other.name) === lookOf(name));
  if (alike !== undefined) throw new AccountError('name-in-use', `${name} looks like ${alike.name}, which is taken`);
}
