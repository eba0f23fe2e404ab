import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../src/database/index.js';
import { chainContent, chainHash, genesis, sha256, withoutExternalId } from '../../src/log/chain.js';
import { parseReport } from '../../src/log/row.js';
import { digestOf, keyText, nothing, referencesText } from '../../src/log/seal.js';
import { growTree } from '../../src/log/tree/grow.js';

/** What a superuser of the database can do who knows our code, but not the key that signs checkpoints. */
export interface Manipulation {
  readonly what: string;
  /** How it is hidden. */
  readonly how: string;
  readonly act: (db: Kysely<Tables>, films: readonly string[]) => Promise<void>;
}

const untouched = 'not at all';
const line = 'all later hashes of the chain redone';
const everything = 'chain and tree redone';

export const manipulations: readonly Manipulation[] = [
  { what: 'a report was changed', how: untouched, act: (db, films) => changeReport(db, films[7]) },
  { what: 'a report was changed', how: line, act: then(redoChain, (db, films) => changeReport(db, films[7])) },
  { what: 'a report was changed', how: everything, act: then(redoAll, (db, films) => changeReport(db, films[7])) },
  { what: 'the last rows are gone, with the head', how: 'chain cut', act: then(moveHead, cutRows) },
  { what: 'the last rows are gone, with the head', how: everything, act: then(redoAll, cutRows) },
  { what: 'everything was truncated', how: everything, act: then(redoAll, truncate) },
  { what: 'the references of two films were swapped', how: line, act: then(redoChain, swapReferences) },
  { what: 'the references of two films were swapped', how: everything, act: then(redoAll, swapReferences) },
  { what: "a model's spec was changed", how: line, act: then(redoChain, changeSpec) },
  { what: "a model's spec was changed", how: everything, act: then(redoAll, changeSpec) },
  { what: 'an idempotency key points to another film', how: line, act: then(redoChain, repointKey) },
  { what: 'an idempotency key points to another film', how: everything, act: then(redoAll, repointKey) },
  { what: 'two films changed places', how: line, act: then(redoChain, exchange) },
  { what: 'two films changed places', how: everything, act: then(redoAll, exchange) },
  { what: 'an audit event was deleted', how: untouched, act: deleteEvent },
  { what: 'an audit event was deleted', how: 'its leaf, too', act: then(deleteLeaf, deleteEvent) },
  { what: 'an audit event was deleted', how: 'tree redone', act: then(redoTree, deleteEvent) },
  { what: 'an audit event was changed', how: untouched, act: changeEvent },
  { what: 'an audit event was changed', how: 'tree redone', act: then(redoTree, changeEvent) },
  { what: 'an audit event was put in between', how: 'its trigger was off', act: putInQuietly },
  { what: 'an audit event was put in between', how: 'tree redone', act: then(redoTree, putInEvent) },
];

type Act = Manipulation['act'];

function then(hide: (db: Kysely<Tables>) => Promise<void>, act: Act): Act {
  return async (db, films) => {
    await act(db, films);
    await hide(db);
  };
}

async function changeReport(db: Kysely<Tables>, id = ''): Promise<void> {
  await sql`update detections set report = replace(report, '"threshold":0.31', '"threshold":0.3'), threshold = 0.3
    where id = ${id}`.execute(db);
}

async function cutRows(db: Kysely<Tables>, films: readonly string[]): Promise<void> {
  const gone = films.slice(-4);
  for (const table of ['detection_boxes', 'film_references', 'idempotency_keys'] as const)
    await db.deleteFrom(table).where('detection_id', 'in', gone).execute();
  await db.deleteFrom('listed_films').where('detection_id', 'in', gone).execute();
  await db.deleteFrom('detections').where('id', 'in', gone).execute();
}

async function truncate(db: Kysely<Tables>): Promise<void> {
  await sql`truncate detections, detection_boxes, film_references, idempotency_keys, listed_films, kept_films,
    audit_events cascade`.execute(db);
}

async function swapReferences(db: Kysely<Tables>, films: readonly string[]): Promise<void> {
  const [a, b] = [films[2], films[9]];
  await sql`update film_references set patient_ref = (
      select patient_ref from film_references as other
      where other.detection_id in (${a}, ${b}) and other.detection_id <> film_references.detection_id)
    where detection_id in (${a}, ${b})`.execute(db);
}

async function changeSpec(db: Kysely<Tables>): Promise<void> {
  const { spec_sha256: before } = await db.selectFrom('models').select('spec_sha256').executeTakeFirstOrThrow();
  const spec = 'another spec';
  const after = sha256(spec).toString('hex');
  await sql`insert into models (spec_sha256, name, version, onnx_sha256, spec)
    select ${after}, name, version || '-', onnx_sha256, ${spec} from models`.execute(db);
  await sql`update detections set spec_sha256 = ${after}, report = replace(report, ${before}, ${after})`.execute(db);
  await sql`delete from models where spec_sha256 = ${before}`.execute(db);
  await sql`update models set version = replace(version, '-', '')`.execute(db);
}

async function repointKey(db: Kysely<Tables>, films: readonly string[]): Promise<void> {
  const [from, to] = [films[3], films[11]];
  await sql`delete from idempotency_keys where detection_id = ${to}`.execute(db);
  await sql`update idempotency_keys set detection_id = ${to} where detection_id = ${from}`.execute(db);
}

async function exchange(db: Kysely<Tables>, films: readonly string[]): Promise<void> {
  const [a, b] = [films[4], films[13]];
  await sql`update detections set seq = (select sum(seq) from detections where id in (${a}, ${b})) - seq
    where id in (${a}, ${b})`.execute(db);
}

/** The third of the events. */
const eventId = sql<number>`(select id from audit_events order by id offset 2 limit 1)`;

async function deleteEvent(db: Kysely<Tables>): Promise<void> {
  await sql`delete from audit_events where id = ${eventId}`.execute(db);
}

async function deleteLeaf(db: Kysely<Tables>): Promise<void> {
  await sql`delete from log_leaves where event_id is not null and not exists (
    select from audit_events where id = event_id)`.execute(db);
}

async function changeEvent(db: Kysely<Tables>): Promise<void> {
  await sql`update audit_events set actor = 'somebody else' where id = ${eventId}`.execute(db);
}

async function putInEvent(db: Kysely<Tables>): Promise<void> {
  await sql`insert into audit_events (id, at, code, actor)
    select -1, at, code, actor from audit_events where id = ${eventId}`.execute(db);
}

async function putInQuietly(db: Kysely<Tables>): Promise<void> {
  await sql`alter table audit_events disable trigger queue_event`.execute(db);
  await putInEvent(db);
  await sql`alter table audit_events enable trigger queue_event`.execute(db);
}

async function redoAll(db: Kysely<Tables>): Promise<void> {
  await redoChain(db);
  await redoTree(db);
}

/** Every seal, every hash and the head anew, as an append makes them. */
async function redoChain(db: Kysely<Tables>): Promise<void> {
  let previous: Buffer = genesis;
  let seq = 0;
  for (const row of await db.selectFrom('detections').selectAll().orderBy('seq').execute()) {
    const report = parseReport(row.report);
    if (report === undefined) throw new Error('no report');
    const digests = await sealAnew(db, row.id);
    const content = chainContent({
      id: row.id,
      chainedText: withoutExternalId(report),
      candidates: row.candidates,
      candidateFloor: row.candidate_floor,
      ...digests,
    });
    const hash = chainHash(previous, content);
    seq += 1;
    await db
      .updateTable('detections')
      .set({
        seq,
        previous_hash: previous,
        hash,
        references_digest: digests.referencesDigest,
        key_digest: digests.keyDigest,
      })
      .where('id', '=', row.id)
      .execute();
    previous = hash;
  }
  await db.updateTable('chain_head').set({ seq, hash: previous }).execute();
}

async function sealAnew(db: Kysely<Tables>, id: string) {
  const salt = randomBytes(32);
  const references = await db
    .updateTable('film_references')
    .set({ salt })
    .where('detection_id', '=', id)
    .returningAll()
    .executeTakeFirst();
  const key = await db
    .updateTable('idempotency_keys')
    .set({ salt })
    .where('detection_id', '=', id)
    .returningAll()
    .executeTakeFirst();
  const { detection_id: _, salt: __, ...columns } = references ?? { detection_id: '', salt };
  const text = referencesText(columns);
  return {
    referencesDigest: text === undefined ? nothing : digestOf(salt, text),
    keyDigest: key === undefined ? nothing : digestOf(salt, keyText(key)),
  };
}

async function moveHead(db: Kysely<Tables>): Promise<void> {
  await sql`update chain_head set (seq, hash) = (select seq, hash from detections order by seq desc limit 1)`.execute(
    db,
  );
}

async function redoTree(db: Kysely<Tables>): Promise<void> {
  await sql`truncate log_leaves, log_tiles, untaken_events`.execute(db);
  await db.updateTable('log_tree').set({ size: 0, taken_seq: 0 }).execute();
  await sql`insert into untaken_events select id from audit_events`.execute(db);
  while ((await growTree(db)) > 0);
}
