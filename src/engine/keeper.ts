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
import { Dispatcher } from './dispatcher.js';
import { Flight } from './flight.js';
import type { EngineOptions } from './options.js';

/**
 * Accepts films, within limits, and answers each exactly once; the dispatcher moves them. docs/architecture.md has the
 * state diagram.
 */
export class Keeper implements Engine {
  readonly models: ReadonlyMap<string, ModelSpec>;
  readonly #options: EngineOptions;
  readonly #dispatcher: Dispatcher;
  readonly #flights = new Set<Flight>();
  readonly #observers: EngineObserver[] = [];
  #bytes = 0;
  #phase: 'starting' | 'running' | 'closing' | 'stopped' = 'starting';

  constructor(options: EngineOptions) {
    this.#options = options;
    this.models = new Map([...options.models.values()].map(({ spec }) => [spec.name, spec]));
    this.#dispatcher = new Dispatcher(options, {
      filmsInFlight: () => this.#flights.size,
      observers: this.#observers,
    });
  }

  async start(): Promise<void> {
    await this.#dispatcher.seats.start();
    this.#phase = 'running';
  }

  status(): EngineStatus {
    const { decoders, runners } = this.#dispatcher.seats;
    const runnerChildren = runners.map(({ seat }) => seat.child);
    const decoderChildren = decoders.map(({ child }) => child);
    return {
      state: this.#state(),
      provider: this.#dispatcher.provider,
      queuedFilms: this.#flights.size,
      queuedBytes: this.#bytes,
      filmsToKeepBusy: this.#dispatcher.filmsToKeepBusy,
      children: {
        decoderPids: decoderChildren.flatMap(({ pid }) => pid ?? []),
        runnerPids: runnerChildren.flatMap(({ pid }) => pid ?? []),
        readyDecoders: decoderChildren.filter(({ ready }) => ready).length,
        readyRunners: runnerChildren.filter(({ ready }) => ready).length,
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
    const flight = this.#flightOf(request, spec);
    this.#flights.add(flight);
    this.#bytes += flight.sizeBytes;
    this.#dispatcher.add(flight);
    return flight.answer;
  }

  async close(): Promise<void> {
    this.#phase = 'closing';
    await Promise.allSettled([...this.#flights].map(({ answer }) => answer));
    this.#phase = 'stopped';
    await this.#dispatcher.seats.stop();
  }

  #flightOf(request: AnalysisRequest, spec: ModelSpec): Flight {
    const { deadlineMs } = this.#options;
    return new Flight(request, spec, {
      deadlineMs,
      onDeadline: (late) => {
        late.failed('deadline', `The film was not analysed within ${deadlineMs} ms.`);
        this.#dispatcher.drop(late);
      },
      onSettled: (settled) => {
        this.#flights.delete(settled);
        this.#bytes -= settled.sizeBytes;
      },
    });
  }

  #state(): EngineState {
    if (this.#phase === 'starting') return 'starting';
    if (this.#phase !== 'running') return 'stopped';
    const { decoders, runners } = this.#dispatcher.seats;
    const canDecode = decoders.some(({ child }) => child.ready);
    return canDecode && runners.some(({ seat }) => seat.child.ready) ? 'ready' : 'restarting';
  }
}
