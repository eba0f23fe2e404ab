import type { ModelSpec } from '../detector/index.js';
import {
  type Analysis,
  AnalysisRefused,
  type AnalysisRequest,
  type Engine,
  type EngineObserver,
  type EngineState,
  type EngineStatus,
} from './analysis.js';
import { cudaEnvironment, notInstalled } from './cudaLibraries.js';
import { Flight } from './flight.js';
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
import { type Loss, Seat, type SeatOptions } from './seat.js';

/** How many films each provider runs faster together than one by one. On a CPU a batch gains nothing. */
const batchLimits: Readonly<Record<string, number>> = { cuda: 8, tensorrt: 8 };

const crashesAlone = 2;

type DecoderAnswer = DecodedMessage | GatedMessage | NoFilmMessage | FailedMessage;
type RunnerAnswer = RanMessage | FailedMessage;

/**
 * Keeps the children alive and the films moving: accepted → decoded → run → answered. docs/architecture.md has the
 * state diagram.
 */
export class Keeper implements Engine {
  readonly models: ReadonlyMap<string, ModelSpec>;
  readonly #options: EngineOptions;
  readonly #decoders: readonly Seat<DecoderStart, DecodeMessage, DecoderAnswer>[];
  readonly #runner: Seat<RunnerStart, RunMessage, RunnerAnswer>;
  readonly #flights = new Set<Flight>();
  #bytes = 0;
  #toDecode: Flight[] = [];
  #toRun: Flight[] = [];
  #provider: string | null = null;
  #phase: 'starting' | 'running' | 'closing' | 'stopped' = 'starting';
  readonly #observers: EngineObserver[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    const registered = [...options.models.values()];
    this.models = new Map(registered.map(({ spec }) => [spec.name, spec]));
    this.#decoders = Array.from(
      { length: options.decoders },
      () =>
        new Seat({
          ...this.#common('decoder'),
          module: options.decoderModule ?? new URL('./decoder/main.js', import.meta.url),
          start: { kind: 'start', specs: registered.map(({ spec }) => spec), maxPixels: options.maxPixels },
          onAnswer: (answer: DecoderAnswer, [flight]) => {
            if (flight !== undefined) this.#decoded(answer, flight);
          },
          onLoss: (loss) => {
            this.#lost('decoder', loss, this.#toDecode);
          },
        }),
    );
    this.#runner = new Seat({
      ...this.#common('runner'),
      module: options.runnerModule ?? new URL('./runner/main.js', import.meta.url),
      environment: cudaEnvironment(process.env),
      start: {
        kind: 'start',
        models: registered.map(({ spec, onnxPath }) => ({ spec, onnxPath })),
        executionProviders: options.executionProviders,
        requireProvider: options.requireProvider ?? null,
        threads: options.threads,
      },
      onAnswer: (answer: RunnerAnswer, flights) => {
        this.#ran(answer, flights);
      },
      onLoss: (loss) => {
        this.#lost('runner', loss, this.#toRun);
      },
    });
  }

  async start(): Promise<void> {
    const children = this.#children();
    try {
      await Promise.all(children.map((child) => child.start()));
    } catch (error) {
      await Promise.all(children.map((child) => child.stop()));
      throw error;
    }
    this.#phase = 'running';
  }

  status(): EngineStatus {
    return {
      state: this.#state(),
      provider: this.#provider,
      queuedFilms: this.#flights.size,
      queuedBytes: this.#bytes,
      children: {
        decoderPids: this.#decoders.flatMap(({ child }) => child.pid ?? []),
        runnerPid: this.#runner.child.pid,
      },
    };
  }

  observe(observer: EngineObserver): void {
    this.#observers.push(observer);
  }

  hasRoomFor(sizeBytes: number): boolean {
    if (this.#flights.size === 0) return true;
    return this.#flights.size < this.#options.maxFilms && this.#bytes + sizeBytes <= this.#options.maxBytes;
  }

  async analyse(request: AnalysisRequest): Promise<Analysis> {
    const spec = this.models.get(request.model);
    if (spec === undefined) throw new AnalysisRefused('unknown-model', `There is no model "${request.model}".`);
    if (this.#phase !== 'running') throw new AnalysisRefused('not-ready', 'The engine is not running.');
    if (!this.hasRoomFor(request.bytes.byteLength))
      throw new AnalysisRefused('queue-full', 'Too many films are waiting; try again later.');
    const flight = new Flight(request, spec, {
      deadlineMs: this.#options.deadlineMs,
      onDeadline: (late) => {
        this.#overdue(late);
      },
      onSettled: (settled) => {
        this.#flights.delete(settled);
        this.#bytes -= settled.sizeBytes;
      },
    });
    this.#flights.add(flight);
    this.#bytes += flight.sizeBytes;
    this.#toDecode.push(flight);
    this.#move();
    return flight.answer;
  }

  async close(): Promise<void> {
    this.#phase = 'closing';
    await Promise.allSettled([...this.#flights].map(({ answer }) => answer));
    this.#phase = 'stopped';
    await Promise.all(this.#children().map((child) => child.stop()));
  }

  /** Hands waiting films to free children. Called after everything that may have freed a child. */
  #move(): void {
    for (const decoder of this.#decoders) {
      if (!decoder.free || this.#enoughDecoded()) continue;
      const flight = this.#toDecode.shift();
      if (flight?.bytes === undefined) break;
      const { bytes, spec } = flight;
      decoder.take([flight], (job) => ({ kind: 'decode', job, bytes, model: spec.name }));
    }
    if (this.#runner.free) this.#run(this.#takeBatch());
  }

  #run(batch: readonly Flight[]): void {
    const [first] = batch;
    if (first === undefined) return;
    const model = first.spec.name;
    const films = batch.flatMap(({ decoded, floor }) =>
      decoded === undefined ? [] : { input: decoded.input, ...(floor === undefined ? {} : { floor }) },
    );
    this.#runner.take(batch, (job) => ({ kind: 'run', job, model, films }));
    for (const observer of this.#observers) observer.onBatch?.({ model, films: batch.length });
  }

  /** Films that are ready for one model, up to its batch limit; the one that has waited longest decides the model. */
  #takeBatch(): readonly Flight[] {
    const [first] = this.#toRun;
    if (first === undefined) return [];
    const limit = first.mustRunAlone ? 1 : this.#batchLimit(first.spec);
    const fitting = this.#toRun.filter(
      (flight) => flight === first || (flight.spec === first.spec && !flight.mustRunAlone),
    );
    const batch = fitting.slice(0, limit);
    this.#toRun = this.#toRun.filter((flight) => !batch.includes(flight));
    return batch;
  }

  #batchLimit(spec: ModelSpec): number {
    return Math.min(spec.maxBatch, batchLimits[this.#provider ?? ''] ?? 1);
  }

  /** Decoded films are larger than uploads: at most two batches of them are kept ready. */
  #enoughDecoded(): boolean {
    const limit = Math.max(...[...this.models.values()].map((spec) => this.#batchLimit(spec)));
    return this.#toRun.length >= 2 * limit;
  }

  #decoded(answer: DecoderAnswer, flight: Flight): void {
    if (answer.kind === 'decoded') {
      flight.becameDecoded(answer, answer.decodeMs);
      if (!flight.settled) this.#toRun.push(flight);
    } else if (answer.kind === 'gated') {
      const { film, code, detail, decodeMs } = answer;
      flight.refusedByGate({ film, code, detail }, decodeMs);
    } else if (answer.kind === 'no-film') {
      flight.refused(new AnalysisRefused(answer.code, answer.message));
    } else {
      this.#options.logger.error({ detail: answer.message }, 'the decoder failed on a film');
      flight.failed('engine-failed', `The film could not be prepared: ${answer.message}`);
    }
    this.#move();
  }

  #ran(answer: RunnerAnswer, flights: readonly Flight[]): void {
    if (answer.kind === 'ran') {
      flights.forEach((flight, i) => {
        const outcome = answer.outcomes[i];
        if (outcome === undefined || 'error' in outcome)
          flight.failed('engine-failed', outcome?.error ?? 'The runner gave no outcome for this film.');
        else {
          flight.analysed(
            { detection: outcome.detection, provider: this.#provider ?? 'unknown', batchSize: flights.length },
            { inferMs: answer.inferMs, postMs: outcome.postMs },
          );
        }
      });
    } else {
      // A run that threw may leave the device in a state in which every later run throws too.
      this.#options.logger.error({ detail: answer.message }, 'a run of the network failed; the runner is replaced');
      this.#tryAgain('runner', { flights, reason: 'crash', how: answer.message }, this.#toRun);
      this.#runner.child.kill();
    }
    this.#move();
  }

  #lost(child: 'decoder' | 'runner', loss: Loss, queue: Flight[]): void {
    for (const observer of this.#observers) observer.onRestart?.(child, loss.reason);
    this.#tryAgain(child, loss, queue);
    this.#move();
  }

  /** Films that a child had when it ended go back to the head of the queue, each to be tried alone from now on. */
  #tryAgain(child: 'decoder' | 'runner', { flights, reason, how }: Loss, queue: Flight[]): void {
    const [first, ...neighbours] = flights;
    // Only a film that ran alone is known to be the cause.
    if (first !== undefined && neighbours.length === 0 && reason === 'crash') first.strikes += 1;
    const again: Flight[] = [];
    for (const flight of flights) {
      if (flight.settled) continue;
      if (flight.strikes >= crashesAlone) {
        flight.failed(
          'engine-failed',
          `A process ended ${flight.strikes} times while it had this film alone (last the ${child}: ${how}).`,
        );
        continue;
      }
      flight.mustRunAlone = true;
      flight.waits();
      again.push(flight);
    }
    queue.unshift(...again);
  }

  #overdue(flight: Flight): void {
    this.#toDecode = this.#toDecode.filter((waiting) => waiting !== flight);
    this.#toRun = this.#toRun.filter((waiting) => waiting !== flight);
    flight.failed('deadline', `The film was not analysed within ${this.#options.deadlineMs} ms.`);
    for (const seat of [...this.#decoders, this.#runner]) if (seat.has(flight)) seat.endWhenOverdue();
    this.#move();
  }

  #state(): EngineState {
    if (this.#phase === 'starting') return 'starting';
    if (this.#phase !== 'running') return 'stopped';
    return this.#runner.child.ready && this.#decoders.some(({ child }) => child.ready) ? 'ready' : 'restarting';
  }

  #children() {
    return [...this.#decoders, this.#runner].map(({ child }) => child);
  }

  #common(
    name: 'decoder' | 'runner',
  ): Pick<SeatOptions<never, never>, 'name' | 'startTimeoutMs' | 'killGraceMs' | 'logger' | 'onReady'> {
    const { startTimeoutMs = 120_000, killGraceMs = 2_000, logger } = this.#options;
    return {
      name,
      startTimeoutMs,
      killGraceMs,
      logger,
      onReady: ({ provider, notes }) => {
        if (provider !== undefined) this.#provider = provider;
        // A machine without a GPU has no CUDA provider, and needs none.
        for (const note of notes) logger[note.includes(notInstalled) ? 'info' : 'warn']({ child: name }, note);
        logger.info({ child: name, ...(provider === undefined ? {} : { provider }) }, `the ${name} is ready`);
        this.#move();
      },
    };
  }
}
