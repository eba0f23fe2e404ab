import PgBoss from 'pg-boss';
import { alone, type Database } from '../../database/index.js';
import { executeSqlOn } from './executeSql.js';
import type { FilmJob, FilmJobData, TryOutput } from './filmJob.js';
import { installQueue, queueSchema } from './install.js';

/** The jobs of all films, on the log's own database. */
export interface FilmQueue {
  /** Adds those that aren't known; the others stay as they are, whatever became of them. */
  add(jobs: readonly FilmJob[]): Promise<void>;
  /** The oldest job that is due, which is this worker's until it is completed, failed, or expired. */
  take(): Promise<FilmJob | undefined>;
  complete(id: string, output: TryOutput): Promise<void>;
  /** Tries again later, or never if it was the last try. */
  fail(id: string, output: TryOutput): Promise<void>;
  /** Frees jobs whose worker died, and archives old ones. Done every half minute anyway. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueOptions {
  /** After the first try. */
  readonly retries: number;
  /** Before the second try; doubled each time, and up to twice that at random. */
  readonly retryDelayS: number;
  /** A job taken this long ago lost its worker. */
  readonly expireS: number;
  /** How long a film must be known, so that no pass finds it anew. */
  readonly keepHours: number;
  readonly onError: (error: Error) => void;
}

export const queueName = 'pacs-film';
const failedDays = 90;

/** Opens the queue, making its tables if necessary. */
export async function openQueue(
  database: Database,
  { retries, retryDelayS, expireS, keepHours, onError }: QueueOptions,
): Promise<FilmQueue> {
  const boss = new PgBoss({
    db: { executeSql: executeSqlOn(database) },
    schema: queueSchema,
    schedule: false,
    maintenanceIntervalSeconds: 30,
    archiveCompletedAfterSeconds: Math.ceil(keepHours * 3600),
    archiveFailedAfterSeconds: failedDays * 24 * 3600,
    deleteAfterDays: 1,
  });
  boss.on('error', onError);
  const options = {
    retryLimit: retries,
    retryDelay: retryDelayS,
    retryBackoff: true,
    expireInSeconds: expireS,
    retentionDays: failedDays,
  };
  const open = async (): Promise<void> => {
    await installQueue(database);
    await boss.start();
    await boss.createQueue(queueName, { name: queueName, ...options });
    await boss.updateQueue(queueName, { name: queueName, ...options });
  };
  // Replicas that make the queue's tables at the same time lock each other out.
  await (database.kind === 'postgres' ? alone(database.kysely, 'queue', open) : open());
  return {
    add: (jobs) => boss.insert(jobs.map(({ id, ...data }) => ({ id, name: queueName, data }))),
    // pg-boss's own workers neither await nor catch what `complete` and `fail` do while the database is away.
    async take() {
      const [job] = await boss.fetch<FilmJobData>(queueName);
      return job === undefined ? undefined : { ...job.data, id: job.id };
    },
    complete: (id, output) => boss.complete(queueName, id, output),
    fail: (id, output) => boss.fail(queueName, id, output),
    maintain: () => boss.maintain(),
    close: () => boss.stop({ graceful: false }),
  };
}
