import { performance } from 'node:perf_hooks';
import type { ModelSpec } from '../detector/index.js';
import type { AnalysisRefused } from './analysis.js';
import { type Analysis, type AnalysisRequest, type AnalysisTimings } from './analysis.js';
import type { DecodedMessage } from './messages.js';

type Decoded = Pick<DecodedMessage, 'film' | 'identifiers' | 'input'>;

/** A film on its way through the engine, from acceptance to its one answer. */
export class Flight {
  readonly spec: ModelSpec;
  readonly floor: number | undefined;
  readonly sizeBytes: number;
  readonly acceptedAt = performance.now();
  readonly answer: Promise<Analysis>;
  /** Until it is decoded. */
  bytes: Uint8Array | undefined;
  /** Once it is decoded. */
  decoded: Decoded | undefined;
  /** Crashes of a child that had this film and no other. */
  strikes = 0;
  /** Ran with others when the runner crashed, and must not take them down again. */
  mustRunAlone = false;
  settled = false;

  readonly #deadline: NodeJS.Timeout;
  #resolve!: (analysis: Analysis) => void;
  #reject!: (refused: AnalysisRefused) => void;
  #onSettled: () => void;
  #waitingSince: number | undefined = this.acceptedAt;
  #timings: AnalysisTimings = { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 };

  constructor(
    request: AnalysisRequest,
    spec: ModelSpec,
    options: {
      readonly deadlineMs: number;
      readonly onDeadline: (flight: Flight) => void;
      readonly onSettled: (flight: Flight) => void;
    },
  ) {
    this.spec = spec;
    this.floor = request.floor;
    this.bytes = request.bytes;
    this.sizeBytes = request.bytes.byteLength;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#onSettled = () => {
      options.onSettled(this);
    };
    this.#deadline = setTimeout(() => {
      options.onDeadline(this);
    }, options.deadlineMs);
  }

  get timings(): AnalysisTimings {
    return this.#timings;
  }

  /** A child takes the film: it no longer waits. */
  taken(): void {
    const now = performance.now();
    if (this.#waitingSince !== undefined) this.#add({ queueMs: now - this.#waitingSince });
    this.#waitingSince = undefined;
  }

  /** The film waits for its next step, or to be tried again. */
  waits(): void {
    this.#waitingSince = performance.now();
  }

  becameDecoded({ film, identifiers, input, decodeMs }: Decoded & { readonly decodeMs: number }): void {
    this.decoded = { film, input, ...(identifiers === undefined ? {} : { identifiers }) };
    this.bytes = undefined;
    this.#add({ decodeMs });
    this.waits();
  }

  refusedByGate(
    refusal: Pick<Extract<Analysis, { kind: 'refused-by-gate' }>, 'film' | 'identifiers' | 'code' | 'detail'>,
    decodeMs: number,
  ): void {
    this.#add({ decodeMs });
    this.#settle({ kind: 'refused-by-gate', ...refusal, timings: this.#timings });
  }

  analysed(
    result: Pick<Extract<Analysis, { kind: 'analysed' }>, 'detection' | 'provider' | 'batchSize'>,
    ran: { inferMs: number; postMs: number },
  ): void {
    if (this.decoded === undefined) throw new Error('a film that was not decoded can not have been analysed');
    this.#add(ran);
    const { input, ...film } = this.decoded;
    this.#settle({ kind: 'analysed', ...film, ...result, timings: this.#timings });
  }

  failed(code: 'engine-failed' | 'deadline', detail: string): void {
    this.taken();
    const { input, ...film } = this.decoded ?? {};
    this.#settle({ kind: 'failed', code, detail, ...film, timings: this.#timings });
  }

  refused(refusal: AnalysisRefused): void {
    if (this.#end()) this.#reject(refusal);
  }

  #settle(analysis: Analysis): void {
    if (this.#end()) this.#resolve(analysis);
  }

  /** False if the film already has its answer: the first one counts. */
  #end(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.#deadline);
    this.#onSettled();
    return true;
  }

  #add(more: Partial<AnalysisTimings>): void {
    const { queueMs, decodeMs, inferMs, postMs } = this.#timings;
    this.#timings = {
      queueMs: queueMs + (more.queueMs ?? 0),
      decodeMs: decodeMs + (more.decodeMs ?? 0),
      inferMs: inferMs + (more.inferMs ?? 0),
      postMs: postMs + (more.postMs ?? 0),
    };
  }
}
