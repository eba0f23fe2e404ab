/** The database is away or refuses to work: nothing was committed, so nothing may be answered. */
export class DatabaseUnavailable extends Error {
  override readonly name: string = 'DatabaseUnavailable';
}

/** A query took longer than the database allows. The log itself is available: a narrower query is answered. */
export class QueryTooSlow extends DatabaseUnavailable {
  override readonly name = 'QueryTooSlow';
}

/** Text that no Postgres can hold (U+0000, unpaired surrogates). The sender's mistake; nothing was stored. */
export class UnstorableText extends Error {
  override readonly name = 'UnstorableText';
}
