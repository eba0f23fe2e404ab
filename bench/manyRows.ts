import { createHash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { ensurePartitions, type Tables, timeOfId } from '../src/database/index.js';
import { chainContent, chainHash, genesis, withoutExternalId } from '../src/log/chain.js';
import { boxesOf, projectionOf } from '../src/log/row.js';
import { nothing } from '../src/log/seal.js';
import type { Report } from '../src/report/index.js';
import { seededRandom } from '../src/random.js';

const spec = '{"name":"bench"}';
const specSha256 = createHash('sha256').update(spec).digest('hex');
const hash = '0'.repeat(64);
const everyId = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const;
const batchRows = 1000;
const dayMs = 24 * 60 * 60_000;
const submitters = ['ris', 'pacs', 'ward'];

/** Fills an empty log with rows of the last 365 days, in one chain, as after a year at a busy site. */
export async function fillLog(db: Kysely<Tables>, rows: number, end = Date.now()): Promise<void> {
  const random = seededRandom(7);
  await db
    .insertInto('models')
    .values({ name: 'bench', version: '1.0.0', spec_sha256: specSha256, onnx_sha256: hash, spec })
    .execute();
  const start = end - 365 * dayMs;
  const months = Array.from({ length: 13 }, (_, i) => new Date(new Date(start).setUTCDate(1) + i * 31 * dayMs));
  await ensurePartitions(
    db,
    months.map((time) => ({ year: time.getUTCFullYear(), month: time.getUTCMonth() + 1 })),
  );
  // Counted afterwards, as migrations/0007 does: counting row by row within large statements takes hours.
  await sql`alter table detections disable trigger count_film`.execute(db);
  let previous: Buffer = genesis;
  for (let first = 0; first < rows; first += batchRows) {
    const made = Array.from({ length: Math.min(batchRows, rows - first) }, (_, i) => {
      const seq = first + i + 1;
      const report = reportAt(Math.floor(start + ((end - start) * seq) / (rows + 1)), random);
      const candidates = report.state === 'findings' ? report.detections : [];
      const digests = { referencesDigest: nothing, keyDigest: nothing };
      const content = chainContent({
        id: report.id,
        chainedText: withoutExternalId(report),
        candidates,
        candidateFloor: 0.05,
        ...digests,
      });
      const link = { seq, previous_hash: previous, hash: chainHash(previous, content) };
      previous = link.hash;
      return { report, candidates, link };
    });
    await db
      .insertInto('detections')
      .values(
        made.map(({ report, candidates, link }) => ({
          ...projectionOf(report),
          report: JSON.stringify(report),
          candidates: JSON.stringify(candidates),
          candidate_floor: 0.05,
          reviewed_at: null,
          references_digest: nothing,
          key_digest: nothing,
          ...link,
        })),
      )
      .execute();
    const boxes = made.flatMap(({ report }) => boxesOf(report));
    if (boxes.length > 0) await db.insertInto('detection_boxes').values(boxes).execute();
  }
  await sql`alter table detections enable trigger count_film`.execute(db);
  await sql`insert into film_tallies select * from tallies_of_rows(${everyId[0]}, ${everyId[1]})`.execute(db);
  await db.updateTable('chain_head').set({ seq: rows, previous_hash: previous, hash: previous }).execute();
  await sql`vacuum analyze`.execute(db);
}

function reportAt(time: number, random: () => number): Report {
  const hex = time.toString(16).padStart(12, '0');
  const tail = randomBytes(9).toString('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(6, 18)}`;
  const filmScore = Math.round(random() ** 3 * 1e6) / 1e6;
  const threshold = 0.3;
  const detections =
    filmScore < threshold
      ? []
      : [
          {
            id: `${id}-1`,
            class: random() < 0.01 ? 'nodule' : 'opacity',
            score: filmScore,
            scores: { opacity: filmScore },
            attributes: {},
            box: { x: 310.25, y: 640.5, width: 402.75, height: 512.5 },
          },
        ];
  const shared = {
    schemaVersion: 1 as const,
    id,
    createdAt: timeOfId(id).toISOString(),
    lookedFor: ['opacity'],
    notice: 'Research use only. Not for diagnosis.',
    model: { name: 'bench', version: '1.0.0', specSha256, onnxSha256: hash },
    provider: 'cpu',
    image: {
      sha256: createHash('sha256').update(id).digest('hex'),
      width: 2021,
      height: 2021,
      format: 'png',
      bits: 16,
      preparation: { window: [812, 3901] as [number, number], inverted: false, orientation: 1 },
    },
    threshold,
    filmScore,
    attributes: null,
    submitter: submitters[Math.floor(random() * submitters.length)] ?? 'ris',
    timings: { queueMs: 0.4, decodeMs: 9.1, inferMs: Math.round((50 + 60 * random()) * 10) / 10, postMs: 0.3 },
  };
  const { submitter, timings, ...rest } = shared;
  return detections.length > 0
    ? { ...rest, state: 'findings', detections, submitter, timings }
    : { ...rest, state: 'below-threshold', detections: [], submitter, timings };
}
