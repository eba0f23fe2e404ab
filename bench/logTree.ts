import { readFileSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { openDatabase, type Tables } from '../src/database/index.js';
import { createDetectionLog, type DetectionLog } from '../src/log/index.js';
import { growTree } from '../src/log/tree/grow.js';
import { startPostgres } from '../test/postgres.js';
import { entry, hash } from './logAppend.js';
import { processesBelow } from './processes.js';

/**
 * What the Merkle tree costs 16 writers on PostgreSQL (docs/decisions/0008-log-tree.md), each way in turn, as ratios to
 * the chain alone: `npx tsx bench/logTree.ts`. Run by hand.
 */
const [rounds, rowsEach, writers] = [5, 1500, 16];

const cluster = await startPostgres();
if (cluster === undefined) throw new Error('PostgreSQL is not installed');
const ways = [
  { name: 'the chain alone', prepare: () => Promise.resolve(), grows: false },
  { name: 'tree within the append', prepare: growInTrigger, grows: false },
  { name: 'tree afterwards', prepare: () => Promise.resolve(), grows: true },
];
try {
  const places = [];
  for (const [i, way] of ways.entries()) {
    const database = await openDatabase({ at: { url: await cluster.createDatabase(`tree${i}`) }, poolSize: writers });
    const log = createDetectionLog(database);
    await log.rememberModel({ name: 'bench', version: '1.0.0', specSha256: hash, onnxSha256: hash, specText: '{}' });
    await way.prepare(database.kysely);
    await fill(log, 300);
    if (way.grows) await growAll(database.kysely);
    places.push({ ...way, database, log, taken: [] as Cost[] });
  }
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < places.length; i++) {
      const place = places[(i + round) % places.length];
      if (place !== undefined) place.taken.push(await cost(place.database.kysely, place.log, place.grows));
    }
  const base = middle(places[0]?.taken ?? []);
  for (const { name, taken } of places) {
    const { wallMs, cpuMs } = middle(taken);
    const ratio = (value: number, of: number): string => (value / of).toFixed(2);
    process.stdout.write(`${name}: time ${ratio(wallMs, base.wallMs)}, CPU ${ratio(cpuMs, base.cpuMs)}`);
    process.stdout.write(` (${(wallMs / rowsEach).toFixed(2)} ms and ${(cpuMs / rowsEach).toFixed(2)} ms a row)\n`);
  }
  for (const { database } of places) await database.close();
} finally {
  await cluster.remove();
}

interface Cost {
  readonly wallMs: number;
  /** Of the database's processes and of this one. */
  readonly cpuMs: number;
}

async function cost(db: Kysely<Tables>, log: DetectionLog, grows: boolean): Promise<Cost> {
  const server = await serverOf(db);
  const cpu = (): number =>
    processesBelow(server).reduce((sum, { cpuMs }) => sum + cpuMs, 0) +
    (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  const [beganAt, cpuBefore] = [performance.now(), cpu()];
  // As the service does: every second, and once more for what is left.
  const timer = grows ? setInterval(() => void growTree(db), 1000) : undefined;
  await fill(log, rowsEach);
  const wallMs = performance.now() - beganAt;
  clearInterval(timer);
  if (grows) await growAll(db);
  return { wallMs, cpuMs: cpu() - cpuBefore };
}

async function fill(log: DetectionLog, rows: number): Promise<void> {
  let left = rows;
  const writer = async (): Promise<void> => {
    while (left-- > 0) await log.append(entry());
  };
  await Promise.all(Array.from({ length: writers }, writer));
}

async function growAll(db: Kysely<Tables>): Promise<void> {
  while ((await growTree(db)) > 0);
}

/** The postmaster: the parent of any session's process. */
async function serverOf(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  const stat = readFileSync(`/proc/${rows[0]?.pid ?? 0}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** The other way: leaf and right edge of the tree in the append's own statement, under the lock on the chain's head. */
async function growInTrigger(db: Kysely<Tables>): Promise<void> {
  await sql`create table edge (level integer primary key, hash bytea not null)`.execute(db);
  await sql`
    create function grow_in_append() returns trigger language plpgsql as $$
    declare
      node bytea := sha256('\\x00'::bytea || convert_to(json_build_object('kind', 'detection', 'seq', new.seq, 'id',
        new.id, 'previous', encode(new.previous_hash, 'hex'), 'hash', encode(new.hash, 'hex'))::text, 'UTF8'));
      level_now integer := 0;
      beside bytea;
    begin
      insert into log_leaves (position, detection_id) values (new.seq - 1, new.id);
      loop
        delete from edge where level = level_now returning hash into beside;
        exit when not found;
        node := sha256('\\x01'::bytea || beside || node);
        level_now := level_now + 1;
      end loop;
      insert into edge values (level_now, node);
      return null;
    end
    $$`.execute(db);
  await sql`
    create trigger grow_in_append after insert on detections
    for each row execute function grow_in_append()`.execute(db);
}

function middle(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost): number => {
    const sorted = costs.map((one) => one[key]).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? NaN;
  };
  return { wallMs: of('wallMs'), cpuMs: of('cpuMs') };
}
