import type { ModelSpec } from '../detector/index.js';
import { AnalysisRefused, type EngineObserver } from './analysis.js';
import { batchLimit, nextBatch } from './batch.js';
import type { Flight } from './flight.js';
import type { EngineOptions } from './options.js';
import type { ChildKind, Loss } from './seat.js';
import { type DecoderAnswer, type Runner, type RunnerAnswer, Seats } from './seats.js';
import { toTryAgain } from './tryAgain.js';

interface DispatcherEvents {
  /** All films between acceptance and answer. */
  readonly filmsInFlight: () => number;
  readonly observers: readonly EngineObserver[];
}

/** Hands waiting films to free children and takes their results: accepted → decoded → run → answered. */
export class Dispatcher {
  readonly seats: Seats;
  readonly #options: EngineOptions;
  readonly #events: DispatcherEvents;
  readonly #specs: readonly ModelSpec[];
  #toDecode: Flight[] = [];
  #toRun: Flight[] = [];

  constructor(options: EngineOptions, events: DispatcherEvents) {
    this.#options = options;
    this.#events = events;
    this.#specs = [...options.models.values()].map(({ spec }) => spec);
    this.seats = new Seats(options, {
      onDecoded: (answer, flight) => {
        this.#decoded(answer, flight);
      },
      onRan: (answer, flights, runner) => {
        this.#ran(answer, flights, runner);
      },
      onLoss: (child, loss) => {
        this.#lost(child, loss);
      },
      onReady: () => {
        this.#move();
      },
    });
  }

  get provider(): string | null {
    const { runners } = this.seats;
    return (runners.find(({ seat }) => seat.child.ready) ?? runners[0])?.provider ?? null;
  }

  get filmsToKeepBusy(): number {
    const { decoders, runners } = this.seats;
    return decoders.length + this.#mostDecoded() + runners.length * this.#largestBatch();
  }

  add(flight: Flight): void {
    this.#toDecode.push(flight);
    this.#move();
  }

  /** A film is past its deadline and has been answered: nobody waits for its child's result. */
  drop(flight: Flight): void {
    this.#toDecode = this.#toDecode.filter((waiting) => waiting !== flight);
    this.#toRun = this.#toRun.filter((waiting) => waiting !== flight);
    for (const seat of this.seats.all) if (seat.has(flight)) seat.endWhenOverdue();
    this.#move();
  }

  /** Called after everything that may have freed a child. */
  #move(): void {
    for (const decoder of this.seats.decoders) {
      if (!decoder.free || this.#toRun.length >= this.#mostDecoded()) continue;
      const flight = this.#toDecode.shift();
      if (flight?.bytes === undefined) break;
      const { bytes, spec } = flight;
      decoder.take([flight], (job) => ({ kind: 'decode', job, model: spec.name }), bytes);
    }
    for (const runner of this.seats.runners) if (runner.seat.free) this.#run(runner);
  }

  #run(runner: Runner): void {
    const batch = nextBatch(this.#toRun, runner.provider);
    const [first] = batch;
    if (first === undefined) return;
    this.#toRun = this.#toRun.filter((flight) => !batch.includes(flight));
    const model = first.spec.name;
    const films = batch.flatMap(({ decoded, floor }) =>
      decoded === undefined ? [] : { input: decoded.input, ...(floor === undefined ? {} : { floor }) },
    );
    const wide = runner.hasWideSession && this.#isAlone();
    runner.seat.take(batch, (job) => ({ kind: 'run', job, model, films, wide }));
    for (const observer of this.#events.observers) observer.onBatch?.({ model, films: batch.length });
  }

  /** No other film is in flight, and no runner is busy with an abandoned one: all threads are idle. */
  #isAlone(): boolean {
    return this.#events.filmsInFlight() === 1 && !this.seats.runners.some(({ seat }) => seat.busy);
  }

  /** Decoded films are larger than uploads, so at most one batch per runner and one more are kept ready. */
  #mostDecoded(): number {
    return (this.seats.runners.length + 1) * this.#largestBatch();
  }

  #largestBatch(): number {
    return Math.max(...this.#specs.map((spec) => batchLimit(spec, this.provider)));
  }

  #decoded(answer: DecoderAnswer, flight: Flight): void {
    if (answer.kind === 'decoded') {
      flight.becameDecoded(answer);
      if (!flight.settled) this.#toRun.push(flight);
    } else if (answer.kind === 'gated') {
      const { kind, job, decodeMs, ...refusal } = answer;
      flight.refusedByGate(refusal, decodeMs);
    } else if (answer.kind === 'no-film') {
      flight.refused(new AnalysisRefused(answer.code, answer.message));
    } else {
      this.#options.logger.error({ detail: answer.message }, 'the decoder failed on a film');
      flight.failed('engine-failed', `The film could not be prepared: ${answer.message}`);
    }
    this.#move();
  }

  #ran(answer: RunnerAnswer, flights: readonly Flight[], { seat, provider }: Runner): void {
    if (answer.kind === 'ran') {
      flights.forEach((flight, i) => {
        const outcome = answer.outcomes[i];
        if (outcome === undefined || 'error' in outcome)
          flight.failed('engine-failed', outcome?.error ?? 'The runner gave no outcome for this film.');
        else {
          flight.analysed(
            { detection: outcome.detection, provider: provider ?? 'unknown', batchSize: flights.length },
            { inferMs: answer.inferMs, postMs: outcome.postMs },
          );
        }
      });
    } else {
      // A run that threw may leave the device in a state in which every later run throws too.
      this.#options.logger.error({ detail: answer.message }, 'a run of the network failed; the runner is replaced');
      this.#toRun.unshift(...toTryAgain('runner', { flights, reason: 'crash', how: answer.message }));
      seat.child.kill();
    }
    this.#move();
  }

  #lost(child: ChildKind, loss: Loss): void {
    for (const observer of this.#events.observers) observer.onRestart?.(child, loss.reason);
    const queue = child === 'decoder' ? this.#toDecode : this.#toRun;
    queue.unshift(...toTryAgain(child, loss));
    this.#move();
  }
}
