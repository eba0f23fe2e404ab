import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type BytesFollow, bytesPipe } from './bytesPipe.js';
import type { Logger } from './logger.js';
import type { FatalMessage, ReadyMessage } from './messages.js';

export interface KeptChildOptions<Start, Answer> {
  /** For the log. */
  readonly name: string;
  readonly module: URL;
  /** Sent to every new process; it answers `ready` or `fatal`. */
  readonly start: Start;
  readonly startTimeoutMs: number;
  /** Added to the part of this process's environment that the child gets. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly onReady: (ready: ReadyMessage) => void;
  readonly onAnswer: (answer: Answer) => void;
  /** A process that was ready has ended; another is being started. */
  readonly onGone: (how: string) => void;
}

/** Pause before a start, after this many consecutive failures to become `ready`. */
const backoffMs = (failures: number) => (failures === 0 ? 0 : Math.min(10_000, 250 * 2 ** (failures - 1)));

/**
 * One child process that is kept alive: whenever it ends, another is started, at once if it had been ready, otherwise
 * after a growing pause.
 */
export class KeptChild<Start extends object, Work extends object, Answer extends { readonly kind: string }> {
  readonly #options: KeptChildOptions<Start, Answer>;
  #process: ChildProcess | undefined;
  #bytes: Writable | undefined;
  #state: 'starting' | 'ready' | 'ending' = 'starting';
  #stopping = false;
  #failures = 0;
  #respawn: NodeJS.Timeout | undefined;
  #startLimit: NodeJS.Timeout | undefined;
  #whyNotReady = '';

  constructor(options: KeptChildOptions<Start, Answer>) {
    this.#options = options;
  }

  /**
   * Starts the first process. Rejects if it does not become ready: then the settings are wrong, and trying again would
   * not help.
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#spawn(resolve, (message) => {
        this.#stopping = true;
        reject(new Error(`The ${this.#options.name} could not start: ${message}`));
      });
    });
  }

  get ready(): boolean {
    return this.#state === 'ready';
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /**
   * Call only while ready. If a message is lost with its process, the caller must send it again, on `onGone`.
   *
   * @param bytes travel beside the message, uncopied: don't change them before the answer arrives
   */
  send(work: Work, bytes?: Uint8Array): void {
    const message: Work & BytesFollow = bytes === undefined ? work : { ...work, bytesFollow: bytes.byteLength };
    this.#process?.send(message, () => undefined);
    if (bytes !== undefined) this.#bytes?.write(bytes);
  }

  /** Kills the process, whatever it is doing, and takes no work until the next one is ready. */
  kill(): void {
    if (this.#state === 'ready') this.#state = 'ending';
    this.#process?.kill('SIGKILL');
  }

  /** Ends the process for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#respawn);
    const child = this.#process;
    if (child === undefined) return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }

  #spawn(onFirstReady?: () => void, onFirstFailure?: (message: string) => void): void {
    const { name, module, start, startTimeoutMs, environment, logger } = this.#options;
    const path = fileURLToPath(module);
    const child = fork(path, {
      // A compiled child needs none of this process's flags (inspector port, heap limit); one that exists only as
      // TypeScript needs its loaders.
      execArgv: existsSync(path) ? [] : process.execArgv,
      serialization: 'advanced',
      env: { ...memory, ...childEnvironment(process.env), ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    });
    const bytes = child.stdio[bytesPipe];
    this.#bytes = bytes instanceof Writable ? bytes : undefined;
    // It breaks when its process ends, which is handled elsewhere.
    this.#bytes?.on('error', () => undefined);
    this.#process = child;
    this.#state = 'starting';
    this.#whyNotReady = '';
    this.#startLimit = setTimeout(() => {
      this.#whyNotReady = `not ready after ${startTimeoutMs} ms`;
      child.kill('SIGKILL');
    }, startTimeoutMs);
    logLines(child.stdout, (line) => {
      logger.info({ child: name, pid: child.pid }, line);
    });
    logLines(child.stderr, (line) => {
      logger.warn({ child: name, pid: child.pid }, line);
    });

    child.on('message', (message: ReadyMessage | FatalMessage | Answer) => {
      if (isFatal(message)) {
        this.#whyNotReady = message.message;
        child.kill('SIGKILL');
      } else if (isReady(message)) {
        this.#becameReady(message);
        onFirstReady?.();
      } else {
        this.#options.onAnswer(message);
      }
    });
    child.on('error', (error) => {
      // A process that never started has no exit event.
      if (child.pid === undefined) this.#ended(error.message, onFirstFailure);
      else logger.warn({ child: name, pid: child.pid, err: error }, 'could not talk to a child');
    });
    // A child without its channel is useless.
    child.on('disconnect', () => {
      this.kill();
    });
    child.on('exit', (code, signal) => {
      this.#ended(
        signal === null ? `exit code ${String(code)}` : `signal ${signal}`,
        this.#state === 'starting' ? onFirstFailure : undefined,
      );
    });
    child.send(start, () => undefined);
  }

  #becameReady(message: ReadyMessage): void {
    clearTimeout(this.#startLimit);
    this.#state = 'ready';
    this.#failures = 0;
    this.#options.onReady(message);
  }

  #ended(how: string, onFirstFailure: ((message: string) => void) | undefined): void {
    const { name, logger, onGone } = this.#options;
    const wasReady = this.#state !== 'starting';
    clearTimeout(this.#startLimit);
    this.#state = 'starting';
    this.#process = undefined;
    const why = this.#whyNotReady === '' ? how : this.#whyNotReady;
    if (onFirstFailure !== undefined) onFirstFailure(why);
    if (this.#stopping) return;
    if (!wasReady) this.#failures += 1;
    logger.error({ child: name, failures: this.#failures }, `the ${name} ended (${why}); starting another`);
    this.#respawn = setTimeout(() => {
      this.#spawn();
    }, backoffMs(this.#failures));
    if (wasReady) onGone(how);
  }
}

function isReady(message: { readonly kind: string }): message is ReadyMessage {
  return message.kind === 'ready';
}

function isFatal(message: { readonly kind: string }): message is FatalMessage {
  return message.kind === 'fatal';
}

function logLines(stream: Readable | null, log: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', log);
}

const passedOn = [
  /^(?:PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|SYSTEMROOT|LD_LIBRARY_PATH|NODE_ENV|NODE_OPTIONS)$/i,
  /^(?:ORT|OMP|CUDA|NVIDIA|VIPS|MALLOC|UV)_\w+$/i,
];

/**
 * glibc keeps a heap per thread and returns little of it: decoding films on several threads holds a hundred megabytes
 * more. It returns large blocks as long as its threshold for them doesn't grow by itself, so the threshold is pinned to
 * glibc's initial value: a network is copied twice on its way into memory. An operator's own setting takes precedence.
 */
const memory = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' };

/** Children read hostile bytes: database URLs, keys and tokens stay out of their reach. */
function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => passedOn.some((names) => names.test(name))));
}
