import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type Logger, pino } from 'pino';
import type { Test } from 'tap';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/index.js';
import { createDetectionLog } from '../../src/log/index.js';
import { PacsWorker, readSources } from '../../src/pacs/index.js';
import { dicomFilm, type DicomItem } from '../imaging/dicomFiles.js';
import { analysedWith, type FakeEngine, fakeEngine, spec } from '../http/fakes.js';
import { type FakePacs, type Stored, startFakePacs } from './fakePacs.js';

/** A worker with a real log, an engine without a network, and a PACS that misbehaves. */
export interface Beside {
  readonly pacs: FakePacs;
  readonly database: Database;
  readonly engine: FakeEngine;
  readonly lines: string[];
  /** One more worker on the same database, as another replica has it. */
  worker(changes?: Record<string, unknown>): Promise<PacsWorker>;
  /** Opens a worker for one pass, with what is due. */
  once(changes?: Record<string, unknown>): Promise<string[]>;
  rows(): Promise<number>;
  /** As if a failed film's next try were due. */
  hurry(): Promise<void>;
}

export async function beside(t: Test, at: DatabaseOptions['at']): Promise<Beside> {
  const pacs = await startFakePacs();
  const database = await openDatabase({ at });
  const folder = mkdtempSync(join(tmpdir(), 'lesion-pacs-'));
  t.teardown(async () => {
    await database.close();
    await pacs.close();
    rmSync(folder, { recursive: true });
  });
  const engine = fakeEngine();
  engine.analyse = ({ bytes }) => {
    engine.films.push(bytes);
    return Promise.resolve(analysedWith(bytes, 0.9));
  };
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const worker = (changes: Record<string, unknown> = {}): Promise<PacsWorker> =>
    openWorker({ database, engine, logger, folder, url: pacs.url }, changes);
  const { kysely } = database;
  return {
    pacs,
    database,
    engine,
    lines,
    worker,
    async once(changes) {
      const opened = await worker(changes);
      const outcomes: string[] = [];
      opened.observe({ onFilm: (_source, outcome) => void outcomes.push(outcome) });
      await opened.once().finally(() => opened.close());
      return outcomes;
    },
    async rows() {
      const counted = await kysely
        .selectFrom('detections')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return counted.count;
    },
    async hurry() {
      await sql`update pgboss.job set start_after = 'epoch' where state = 'retry'`.execute(kysely);
    },
  };
}

export interface WorkerParts {
  readonly database: Database;
  readonly engine: FakeEngine;
  readonly logger: Logger;
  /** For the file of sources. */
  readonly folder: string;
  readonly url: string;
}

export async function openWorker(
  { database, engine, logger, folder, url }: WorkerParts,
  changes: Record<string, unknown>,
): Promise<PacsWorker> {
  const path = join(folder, 'pacs.json');
  const source = { name: 'fake', url, pollSeconds: 0.5, timeoutSeconds: 1, ...changes };
  writeFileSync(path, JSON.stringify({ sources: [source] }));
  const log = createDetectionLog(database);
  const model = { spec, specSha256: 'b'.repeat(64), specText: '{}', folder: '', onnxPath: '', card: null };
  await log.rememberModel({ name: spec.name, version: spec.version, onnxSha256: spec.onnxSha256, ...model });
  return PacsWorker.open({
    sources: readSources(path),
    database,
    log,
    submission: {
      engine,
      log,
      films: { keep: () => undefined },
      registry: { defaultModel: spec.name, models: new Map([[spec.name, model]]) },
    },
    maxFilmBytes: 1_000_000,
    softwareVersion: '0.0.0',
    filmsAtOnce: 2,
    retries: 3,
    retryDelayS: 60,
    analysisMs: 1000,
    queuePollMs: 50,
    logger,
  });
}

/** A film that a PACS has: UIDs 1.2.N.1 (study), .2 (series) and .3. */
export function filmOf(number: number, more: DicomItem = {}, changes: Partial<Stored> = {}): Stored {
  const [study, series, instance] = [`1.2.${number}.1`, `1.2.${number}.2`, `1.2.${number}.3`];
  const bytes = dicomFilm(
    { width: 200, height: 100, samples: new Uint16Array(20_000).fill(number), bitsStored: 12 },
    {
      '00080008': ['CS', 'ORIGINAL\\PRIMARY'],
      '00080018': ['UI', instance],
      '0020000D': ['UI', study],
      '0020000E': ['UI', series],
      '00100010': ['PN', 'Secretname^Only'],
      '00100020': ['LO', 'SECRET-ID'],
      ...more,
    },
  );
  const sopClass = '1.2.840.10008.5.1.4.1.1.1';
  return { study, series, instance, sopClass, imageType: 'ORIGINAL\\PRIMARY', modality: 'CR', bytes, ...changes };
}

export function put(pacs: FakePacs, film: Stored): void {
  pacs.stored.set(film.instance, film);
}
