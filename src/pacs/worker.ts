import { setTimeout as delay } from 'node:timers/promises';
import type { LoggedFilm } from '../submission/index.js';
import { Alarm } from './alarm.js';
import { openEndpoint } from './dicomweb/endpoint.js';
import { faultOf } from './fault.js';
import { countFilms, type FilmCounts } from './jobs/inspect.js';
import { type FilmQueue, openQueue } from './jobs/queue.js';
import { filmLimitMs, type PacsObserver, type PacsOptions } from './options.js';
import { passOver, specOf } from './pass.js';
import { type Place, PlaceState, type PlaceStatus } from './place.js';
import { within } from './within.js';
import { workOnFilm } from './workOnFilm.js';

/**
 * Takes new films from every source and stores their results there. Opened, it does nothing until it is told to.
 *
 * @example
 * const worker = await PacsWorker.open(options);
 * worker.start();
 */
export class PacsWorker {
  readonly #options: PacsOptions;
  readonly #queue: FilmQueue;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #observers: PacsObserver[] = [];
  readonly #stopping = new AbortController();
  readonly #added = new Alarm();
  readonly #loops: Promise<void>[] = [];
  #closing: Promise<void> | undefined;

  private constructor(options: PacsOptions, queue: FilmQueue, places: readonly Place[]) {
    const onLogged = (film: LoggedFilm): void => {
      this.#tell((observer) => observer.onLogged?.(film));
    };
    this.#options = { ...options, submission: { ...options.submission, onLogged } };
    this.#queue = queue;
    this.#places = new Map(places.map((place) => [place.source.name, place]));
  }

  /** @throws SourcesError if the model of a source is not loaded */
  static async open(options: PacsOptions): Promise<PacsWorker> {
    const { database, sources, retries, retryDelayS, logger } = options;
    for (const source of sources) specOf(source, options.submission.registry);
    const places = sources.map((source) => ({
      source,
      endpoint: openEndpoint(source),
      state: new PlaceState(source.name),
      seen: new Map(),
    }));
    const queue = await openQueue(database, {
      retries,
      retryDelayS,
      expireS: Math.ceil((1.5 * filmLimitMs(options)) / 1000),
      // Dates of studies have no time of day: a day more on both sides.
      keepHours: 48 + Math.max(...sources.map(({ windowHours, overlapHours }) => windowHours + 2 * overlapHours)),
      onError: (error) => {
        logger.warn({ ...faultOf(error) }, "the queue of films couldn't be tidied; retrying");
      },
    });
    return new PacsWorker(options, queue, places);
  }

  /** Calls the observer from now on. */
  observe(observer: PacsObserver): void {
    this.#observers.push(observer);
  }

  status(): readonly PlaceStatus[] {
    return [...this.#places.values()].map(({ state }) => state.status());
  }

  /** How many films are where, over all replicas. */
  counts(): Promise<readonly FilmCounts[]> {
    return countFilms(this.#options.database);
  }

  /** Passes over every source again and again, and works on what it finds, until it is closed. */
  start(): void {
    for (const place of this.#places.values()) this.#loops.push(this.#keepSweeping(place));
    for (let lane = 0; lane < this.#options.filmsAtOnce; lane++) this.#loops.push(this.#keepWorking());
  }

  /** One pass over every source, then all work that is due. */
  async once(): Promise<void> {
    for (const place of this.#places.values()) await this.#pass(place);
    await this.#queue.maintain();
    const lanes = Array.from({ length: this.#options.filmsAtOnce }, async () => {
      while (await this.#workOnNext());
    });
    await Promise.all(lanes);
  }

  /** Gives up what waits for a PACS, which is tried again later, and lets films that the engine has be logged. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#stopping.abort();
    this.#added.ring();
    await Promise.all(this.#loops);
    await this.#queue.close();
    for (const { endpoint } of this.#places.values()) endpoint.close();
  }

  async #keepSweeping(place: Place): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#pass(place);
      await delay(place.source.pollSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  async #keepWorking(): Promise<void> {
    while (!this.#stopping.signal.aborted)
      if (!(await this.#workOnNext())) await this.#added.wait(this.#options.queuePollMs ?? 2000);
  }

  async #pass(place: Place): Promise<void> {
    const { submission, logger } = this.#options;
    const onAdded = (): void => {
      this.#added.ring();
    };
    const { signal } = this.#stopping;
    const outcome = await passOver(place, {
      queue: this.#queue,
      registry: submission.registry,
      logger,
      signal,
      onAdded,
    });
    if (outcome !== undefined) this.#tell((observer) => observer.onSweep?.(place.source.name, outcome));
  }

  /** Whether there was a job. */
  async #workOnNext(): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    const job = await this.#queue.take();
    if (job === undefined) return false;
    const { logger } = this.#options;
    const work = { film: this.#options, queue: this.#queue, places: this.#places, logger };
    const outcome = await within(filmLimitMs(this.#options), this.#stopping.signal, (signal) =>
      workOnFilm(work, job, signal),
    );
    this.#tell((observer) => observer.onFilm?.(job.source, outcome));
    return true;
  }

  #tell(about: (observer: PacsObserver) => void): void {
    this.#observers.forEach(about);
  }
}
