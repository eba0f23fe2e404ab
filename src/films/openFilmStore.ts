import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Actor, audit, type Database } from '../database/index.js';
import type { Logger } from '../children/index.js';
import { FilmFiles, filmName, isAddress, previewName, thumbnailName } from './filmFiles.js';
import { FilmWriter, NotWritten } from './filmWriter.js';
import {
  type FilmAvailability,
  FilmNotKept,
  type FilmToKeep,
  type FilmStore,
  type KeptFilm,
  type StoreCounts,
} from './filmStore.js';
import {
  databaseIdOf,
  deletedSince,
  type KeptFilmRow,
  knowsOneOf,
  markDeleted,
  neededOf,
  recordFailure,
  recordKept,
  recordsOf,
  withFilm,
} from './keptFilms.js';

export interface FilmStoreOptions {
  /** `none`: films are not written; those written before are removed when they expire. */
  readonly kind: FilmStore['kind'];
  readonly folder: string;
  readonly keepDays: number;
  /** Greatest width · height of a film. */
  readonly maxPixels: number;
  readonly logger: Logger;
  /** Program of the child; tests use ones that crash. */
  readonly writerModule?: URL;
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const minuteMs = 60_000;

/** Anything younger may be a film whose row is still being written. */
const orphanAgeMs = hourMs;

/** The hourly sweep finds older files of deleted films. */
const deletionsLookedAtMs = 3 * hourMs;

/** How long shutdown waits for films that are being written. */
const closingMs = 10_000;

/**
 * Opens the store: films in a folder, their records in the log's database. A separate child process decodes and writes
 * films after their rows are committed, so answers don't wait for it. Throws if the folder can't be created, if it
 * holds the films of another database, or if the child can't start.
 */
export async function openFilmStore(database: Pick<Database, 'kysely'>, options: FilmStoreOptions): Promise<FilmStore> {
  const store = new FolderStore(database, options);
  await store.start();
  return store;
}

class FolderStore implements FilmStore {
  readonly kind: FilmStore['kind'];
  readonly keepDays: number;
  readonly #db: Database['kysely'];
  readonly #files: FilmFiles;
  readonly #writer: FilmWriter | undefined;
  readonly #logger: Logger;
  readonly #underWay = new Map<string, Promise<void>>();
  #kept = 0;
  #failed = 0;
  #sweeping: NodeJS.Timeout | undefined;
  #dropping: NodeJS.Timeout | undefined;

  constructor(
    { kysely }: Pick<Database, 'kysely'>,
    { kind, keepDays, folder, logger, maxPixels, writerModule }: FilmStoreOptions,
  ) {
    this.kind = kind;
    this.keepDays = keepDays;
    this.#db = kysely;
    this.#files = new FilmFiles(folder);
    this.#logger = logger;
    this.#writer =
      kind === 'none'
        ? undefined
        : new FilmWriter({ maxPixels, logger, ...(writerModule !== undefined && { module: writerModule }) });
  }

  async start(): Promise<void> {
    if (this.#writer !== undefined) {
      await this.#files.prepare();
      if (!(await this.#isOurs())) {
        throw new Error(
          `${this.#files.folder} holds the films of another database: copy that database with \`db copy\`, ` +
            'or set IMAGE_STORE_DIR to another folder',
        );
      }
      await this.#writer.start();
    }
    const sweep = () => {
      this.sweep().catch((error: unknown) => {
        this.#logger.warn({ err: error }, 'expired films could not be removed; trying again in an hour');
      });
    };
    sweep();
    this.#sweeping = setInterval(sweep, hourMs);
    this.#sweeping.unref();
    const drop = () => {
      this.dropDeleted().catch((error: unknown) => {
        this.#logger.warn(
          { err: error },
          'films deleted at another replica could not be removed; trying again in a minute',
        );
      });
    };
    drop();
    this.#dropping = setInterval(drop, minuteMs);
    this.#dropping.unref();
  }

  counts(): StoreCounts {
    return { kept: this.#kept, failed: this.#failed, waiting: this.#underWay.size };
  }

  keep({ detectionId, ...film }: Parameters<FilmStore['keep']>[0]): void {
    if (this.#writer === undefined) return;
    const work = this.#keep(this.#writer, detectionId, film).finally(() => this.#underWay.delete(detectionId));
    this.#underWay.set(detectionId, work);
  }

  async availability(detectionIds: readonly string[]): Promise<ReadonlyMap<string, FilmAvailability>> {
    const records = await recordsOf(this.#db, detectionIds);
    const now = new Date();
    return new Map(detectionIds.map((id) => [id, this.#availabilityOf(id, records.get(id), now)]));
  }

  async open(detectionId: string): Promise<KeptFilm> {
    await this.#underWay.get(detectionId);
    const record = (await recordsOf(this.#db, [detectionId])).get(detectionId);
    const film = this.#filmOf(record);
    const { size } = await stat(film.filmPath).catch((cause: unknown) => {
      throw new FilmNotKept('The film was kept on another machine, or its file was lost.', { cause });
    });
    const hasPreview = await stat(film.previewPath).then(
      () => true,
      () => false,
    );
    return { ...film, sizeBytes: size, previewPath: hasPreview ? film.previewPath : film.thumbnailPath };
  }

  async delete(pixelsSha256: string, by: Actor): Promise<number> {
    if (!isAddress(pixelsSha256)) return 0;
    return withFilm(this.#db, pixelsSha256, async (trx) => {
      const rows = await markDeleted(trx, pixelsSha256, new Date());
      // Rows first: if the file can't be removed, nothing changes and the caller gets the error.
      if (rows === 0) return 0;
      await audit(trx, { ...by, code: 'film-deleted', sha256: pixelsSha256, detail: `${rows} rows` });
      await this.#files.remove(pixelsSha256);
      return rows;
    });
  }

  async sweep(): Promise<number> {
    if (!(await this.#files.isThere())) return 0;
    if (!(await this.#isOurs())) {
      this.#logger.warn(
        { folder: this.#files.folder },
        'the folder of kept films belongs to another database: nothing was removed from it',
      );
      return 0;
    }
    const before = new Date(Date.now() - orphanAgeMs);
    let removed = 0;
    for await (const addresses of this.#files.addresses(before)) {
      const needed = await neededOf(this.#db, addresses, new Date());
      for (const address of addresses) {
        if (!needed.has(address) && (await this.#removeUnneeded(address))) removed += 1;
      }
    }
    await this.#files.clearIncoming(before);
    if (removed > 0) this.#logger.info({ films: removed }, 'expired films were removed');
    return removed;
  }

  async dropDeleted(): Promise<number> {
    if (!(await this.#files.isThere()) || !(await this.#isOurs())) return 0;
    let dropped = 0;
    for (const address of await deletedSince(this.#db, new Date(Date.now() - deletionsLookedAtMs))) {
      if ((await this.#files.has(address)) && (await this.#removeUnneeded(address))) dropped += 1;
    }
    return dropped;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    clearInterval(this.#dropping);
    await Promise.race([Promise.all(this.#underWay.values()), delay(closingMs, undefined, { ref: false })]);
    await this.#writer?.stop();
    await Promise.all(this.#underWay.values());
  }

  /**
   * To another database, every film here would look orphaned. An unclaimed folder is claimed, unless it holds films and
   * this database knows none of them.
   */
  async #isOurs(): Promise<boolean> {
    const id = await databaseIdOf(this.#db);
    if ((await this.#files.owner()) === undefined && !(await this.#holdsOnlyUnknown())) await this.#files.claim(id);
    return (await this.#files.owner()) === id;
  }

  async #holdsOnlyUnknown(): Promise<boolean> {
    let found = false;
    for await (const addresses of this.#files.addresses(new Date())) {
      if (await knowsOneOf(this.#db, addresses)) return false;
      found = true;
    }
    return found;
  }

  /**
   * Writes the film, then records it and moves it to its address in one transaction: whatever is on record is on disk.
   */
  async #keep(writer: FilmWriter, detectionId: string, upload: FilmToKeep): Promise<void> {
    const incoming = this.#files.incoming();
    try {
      const film = await writer.write(upload, incoming);
      const expiresAt = new Date(Date.now() + this.keepDays * dayMs);
      await withFilm(this.#db, film.pixelsSha256, async (trx) => {
        await recordKept(trx, detectionId, film, expiresAt);
        await this.#files.admit(incoming, film.pixelsSha256);
      });
      this.#kept += 1;
    } catch (error) {
      await this.#notKept(detectionId, error);
    }
  }

  async #notKept(detectionId: string, error: unknown): Promise<void> {
    this.#failed += 1;
    this.#logger.error({ err: error, detectionId }, 'a film was not kept; its report is logged all the same');
    const failure = error instanceof NotWritten ? error.reason : 'it could not be recorded';
    await recordFailure(this.#db, detectionId, failure).catch((cause: unknown) => {
      this.#logger.error({ err: cause, detectionId }, 'could not record that a film was not kept');
    });
  }

  #removeUnneeded(pixelsSha256: string): Promise<boolean> {
    return withFilm(this.#db, pixelsSha256, async (trx) => {
      // Check again: a row may need it meanwhile.
      if ((await neededOf(trx, [pixelsSha256], new Date())).size > 0) return false;
      await this.#files.remove(pixelsSha256);
      return true;
    });
  }

  #availabilityOf(id: string, record: KeptFilmRow | undefined, now: Date): FilmAvailability {
    // A film that is being written counts as kept: opening it waits.
    if (record === undefined)
      return { status: this.#underWay.has(id) ? 'kept' : 'not-kept', sha256: null, expiresAt: null };
    const { pixels_sha256: sha256, expires_at: expiresAt } = record;
    return { status: this.kind === 'none' ? 'not-kept' : statusOf(record, now), sha256, expiresAt };
  }

  /** Throws FilmNotKept. */
  #filmOf(record: KeptFilmRow | undefined): Omit<KeptFilm, 'sizeBytes'> {
    if (this.kind === 'none') throw new FilmNotKept('This service keeps no films.');
    if (record === undefined) throw new FilmNotKept('The film was not kept.');
    const status = statusOf(record, new Date());
    if (status === 'deleted') throw new FilmNotKept('The film was deleted.');
    if (status === 'expired')
      throw new FilmNotKept(
        `The film is no longer kept: it expired on ${record.expires_at?.toISOString().slice(0, 10) ?? ''}.`,
      );
    const { pixels_sha256: pixelsSha256, width, height, bits, channels, window_low: low, window_high: high } = record;
    if (
      pixelsSha256 === null ||
      width === null ||
      height === null ||
      low === null ||
      high === null ||
      !isDepth(bits) ||
      !isChannels(channels)
    ) {
      throw new FilmNotKept(`The film could not be kept: ${record.failure ?? 'its record is incomplete'}.`);
    }
    const folder = this.#files.folderOf(pixelsSha256);
    return {
      pixelsSha256,
      width,
      height,
      bits,
      channels,
      window: [low, high],
      filmPath: join(folder, filmName),
      previewPath: join(folder, previewName),
      thumbnailPath: join(folder, thumbnailName),
    };
  }
}

function statusOf(record: KeptFilmRow, now: Date): FilmAvailability['status'] {
  if (record.deleted_at !== null) return 'deleted';
  if (record.expires_at === null) return 'not-kept';
  return record.expires_at > now ? 'kept' : 'expired';
}

function isDepth(bits: number | null): bits is 8 | 16 {
  return bits === 8 || bits === 16;
}

function isChannels(channels: number | null): channels is 1 | 3 {
  return channels === 1 || channels === 3;
}
