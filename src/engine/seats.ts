import { takesBatches } from './batch.js';
import { cudaEnvironment, notInstalled } from './cudaLibraries.js';
import type { Flight } from './flight.js';
import type {
  DecodedMessage,
  DecodeMessage,
  DecoderStart,
  FailedMessage,
  GatedMessage,
  NoFilmMessage,
  RanMessage,
  RunMessage,
  RunnerStart,
} from './messages.js';
import type { EngineOptions } from './options.js';
import { type ChildKind, type Loss, Seat, type SeatOptions } from './seat.js';
import { shareThreads } from './shareThreads.js';

export type DecoderAnswer = DecodedMessage | GatedMessage | NoFilmMessage | FailedMessage;
export type RunnerAnswer = RanMessage | FailedMessage;
type DecoderSeat = Seat<DecoderStart, DecodeMessage, DecoderAnswer>;

/** A runner of the pool. */
export interface Runner {
  readonly seat: Seat<RunnerStart, RunMessage, RunnerAnswer>;
  /** Whether it can also run a film on all threads. */
  readonly hasWideSession: boolean;
  /** Its execution provider; null until it is ready. */
  provider: string | null;
}

export interface SeatEvents {
  readonly onDecoded: (answer: DecoderAnswer, flight: Flight) => void;
  readonly onRan: (answer: RunnerAnswer, flights: readonly Flight[], runner: Runner) => void;
  readonly onLoss: (child: ChildKind, loss: Loss) => void;
  readonly onReady: () => void;
}

/** The children of an engine, each with its seat. */
export class Seats {
  readonly decoders: readonly DecoderSeat[];
  readonly #options: EngineOptions;
  readonly #events: SeatEvents;
  #runners: readonly Runner[];

  constructor(options: EngineOptions, events: SeatEvents) {
    this.#options = options;
    this.#events = events;
    this.decoders = Array.from({ length: options.decoders }, () => this.#decoder());
    this.#runners = shareThreads(options.threads, options.runners).map((share) => this.#runner(share));
    if (this.#runners.length > options.threads)
      options.logger.warn(
        { runners: this.#runners.length, threads: options.threads },
        'there are more runners (RUNNERS) than threads for them (INTRA_OP_THREADS): they wait for each other',
      );
  }

  get runners(): readonly Runner[] {
    return this.#runners;
  }

  get all(): readonly (DecoderSeat | Runner['seat'])[] {
    return [...this.decoders, ...this.#runners.map(({ seat }) => seat)];
  }

  /** @throws Error if a child can't start; all are stopped then. */
  async start(): Promise<void> {
    try {
      await this.#startEach();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map(({ child }) => child.stop()));
  }

  /** Unless configured, the number of runners depends on the provider that the first one reports. */
  async #startEach(): Promise<void> {
    const decided = this.#options.runners !== undefined || !this.#options.executionProviders.some(takesBatches);
    const [first, ...others] = this.#runners.map(({ seat }) => seat);
    const atOnce = [...this.decoders, ...(first === undefined ? [] : [first]), ...(decided ? others : [])];
    await Promise.all(atOnce.map(({ child }) => child.start()));
    if (decided) return;
    if (takesBatches(this.#runners[0]?.provider ?? '')) this.#runners = this.#runners.slice(0, 1);
    else await Promise.all(others.map(({ child }) => child.start()));
  }

  #decoder(): DecoderSeat {
    const { models, maxPixels, secondaryCapture = false } = this.#options;
    const { decoderModule = new URL('./decoder/main.js', import.meta.url) } = this.#options;
    return new Seat({
      ...this.#common('decoder'),
      module: decoderModule,
      start: { kind: 'start', specs: [...models.values()].map(({ spec }) => spec), maxPixels, secondaryCapture },
      onAnswer: (answer: DecoderAnswer, [flight]) => {
        if (flight !== undefined) this.#events.onDecoded(answer, flight);
      },
    });
  }

  #runner(threads: Pick<RunnerStart, 'threads' | 'wideThreads'>): Runner {
    const { models, defaultModel, executionProviders, requireProvider = null } = this.#options;
    const { runnerModule = new URL('./runner/main.js', import.meta.url) } = this.#options;
    const seat: Runner['seat'] = new Seat({
      ...this.#common('runner'),
      module: runnerModule,
      environment: cudaEnvironment(process.env),
      start: {
        kind: 'start',
        models: [...models.values()].map(({ spec, onnxPath }) => ({
          spec,
          onnxPath,
          seldom: defaultModel !== undefined && spec.name !== defaultModel,
        })),
        executionProviders,
        requireProvider,
        ...threads,
      },
      onReady: (ready) => {
        runner.provider = ready.provider ?? null;
        this.#sayReady('runner', ready);
      },
      onAnswer: (answer: RunnerAnswer, flights) => {
        this.#events.onRan(answer, flights, runner);
      },
    });
    const runner: Runner = { seat, hasWideSession: threads.wideThreads !== null, provider: null };
    return runner;
  }

  #common(
    name: ChildKind,
  ): Pick<SeatOptions<never, never>, 'name' | 'startTimeoutMs' | 'killGraceMs' | 'logger' | 'onReady' | 'onLoss'> {
    const { startTimeoutMs = 120_000, killGraceMs = 2_000, logger } = this.#options;
    return {
      name,
      startTimeoutMs,
      killGraceMs,
      logger,
      onReady: (ready) => {
        this.#sayReady(name, ready);
      },
      onLoss: (loss) => {
        this.#events.onLoss(name, loss);
      },
    };
  }

  #sayReady(name: ChildKind, { provider, notes }: { readonly provider?: string; readonly notes: readonly string[] }) {
    const { logger } = this.#options;
    // A machine without a GPU needs no CUDA provider.
    for (const note of notes) logger[note.includes(notInstalled) ? 'info' : 'warn']({ child: name }, note);
    logger.info({ child: name, ...(provider === undefined ? {} : { provider }) }, `the ${name} is ready`);
    this.#events.onReady();
  }
}
