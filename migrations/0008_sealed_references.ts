import { type Kysely, sql } from 'kysely';

/**
 * Puts references and idempotency keys under the chain (docs/decisions/0001-hash-chain.md): a row holds salted digests
 * of both, and the salts are next to what they hide, so that erasing one leaves nothing to guess from. Rows of the
 * version before this step have no digests. `references_erased_at` tells erased references from missing ones.
 *
 * Also: the caller's address in the audit, and indexes for two lists that read whole partitions.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table detections
      add column references_digest bytea check (octet_length(references_digest) = 32),
      add column key_digest bytea check (octet_length(key_digest) = 32),
      add column references_erased_at timestamptz(3),
      add constraint sealed_whole_or_not check ((references_digest is null) = (key_digest is null))`.execute(db);
  await sql`alter table film_references add column salt bytea check (octet_length(salt) = 32)`.execute(db);
  await sql`alter table idempotency_keys add column salt bytea check (octet_length(salt) = 32)`.execute(db);
  await sql`
    create index idempotency_keys_by_detection on idempotency_keys (detection_id)
    where detection_id is not null`.execute(db);

  await sql`alter table audit_events add column address text`.execute(db);

  // An expression, so that the planner learns how scores are spread within a state: that no film below the threshold
  // has a score of .9 is not to be guessed from state and score apart, and then it reads every row in vain.
  await sql`create index detections_by_state_and_score on detections (${stateAndScore})`.execute(db);
}

const stateAndScore = sql.raw(
  `(case state when 'findings' then 2 + film_score when 'below-threshold' then film_score end)`,
);
