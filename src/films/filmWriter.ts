import { type Logger, KeptChild } from '../children/index.js';
import type { FilmToKeep } from './filmStore.js';
import type { NotWrittenMessage, WriteMessage, WriterStart, WrittenFilm, WrittenMessage } from './writer/messages.js';

export interface FilmWriterOptions {
  readonly maxPixels: number;
  readonly logger: Logger;
  /** Program of the child; tests use ones that crash. */
  readonly module?: URL;
}

interface Job extends FilmToKeep {
  readonly number: number;
  readonly folder: string;
  readonly resolve: (film: WrittenFilm) => void;
  readonly reject: (error: Error) => void;
}

/** A film could not be written. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';
  constructor(
    message: string,
    /** For the people who want to see the film. */
    readonly reason: string = message,
  ) {
    super(message);
  }
}

/** A film that takes longer will never finish. */
const limitMs = 60_000;

/** How much may wait in memory. Beyond it, films are not kept: analysing the next ones comes first. */
const maxWaitingBytes = 256 * 1024 * 1024;

/** The child that writes films, one at a time, and the films that wait for it. */
export class FilmWriter {
  readonly #child: KeptChild<WriterStart, WriteMessage, WrittenMessage | NotWrittenMessage>;
  #waiting: Job[] = [];
  #waitingBytes = 0;
  #current: Job | undefined;
  #limit: NodeJS.Timeout | undefined;
  #jobs = 0;
  #closed = false;

  constructor({ maxPixels, logger, module = new URL('./writer/main.js', import.meta.url) }: FilmWriterOptions) {
    this.#child = new KeptChild({
      name: 'film writer',
      module,
      start: { kind: 'start', maxPixels },
      startTimeoutMs: 120_000,
      logger,
      onReady: () => {
        this.#next();
      },
      onAnswer: (answer) => {
        if (answer.job !== this.#current?.number) return;
        if (answer.kind === 'written')
          this.#end((job) => {
            job.resolve(answer.film);
          });
        else
          this.#end((job) => {
            job.reject(new NotWritten(answer.message, answer.reason));
          });
      },
      onGone: (how) => {
        // Not retried: whatever ended the process once would end it again.
        this.#end((job) => {
          job.reject(new NotWritten(`the process that writes films ended (${how})`));
        });
      },
    });
  }

  get waiting(): number {
    return this.#waiting.length + (this.#current === undefined ? 0 : 1);
  }

  start(): Promise<void> {
    return this.#child.start();
  }

  /**
   * Writes the film in `bytes` to a new folder, inverted if it was analysed inverted. Rejects if it couldn't be
   * written; nothing of it is left then.
   */
  write({ bytes, inverted }: FilmToKeep, folder: string): Promise<WrittenFilm> {
    if (this.#closed) return Promise.reject(new NotWritten('the service was shutting down'));
    if (this.#waitingBytes + bytes.byteLength > maxWaitingBytes && this.waiting > 0)
      return Promise.reject(new NotWritten('too many films were waiting to be written'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ number: ++this.#jobs, bytes, inverted, folder, resolve, reject });
      this.#waitingBytes += bytes.byteLength;
      this.#next();
    });
  }

  /** Ends the child and rejects every film that is still waiting. */
  async stop(): Promise<void> {
    this.#closed = true;
    await this.#child.stop();
    for (const job of [this.#current, ...this.#waiting]) job?.reject(new NotWritten('the service was shutting down'));
    this.#waiting = [];
  }

  #next(): void {
    if (this.#current !== undefined || !this.#child.ready) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#current = job;
    this.#limit = setTimeout(() => {
      this.#child.kill();
    }, limitMs).unref();
    const { number, inverted, folder, bytes } = job;
    this.#child.send({ kind: 'write', job: number, inverted, folder }, bytes);
  }

  #end(settle: (job: Job) => void): void {
    const job = this.#current;
    clearTimeout(this.#limit);
    this.#current = undefined;
    if (job !== undefined) {
      this.#waitingBytes -= job.bytes.byteLength;
      settle(job);
    }
    this.#next();
  }
}
