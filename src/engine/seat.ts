import { performance } from 'node:perf_hooks';
import { KeptChild, type KeptChildOptions } from '../children/index.js';
import type { Flight } from './flight.js';

interface Load {
  readonly job: number;
  readonly flights: readonly Flight[];
  readonly takenAt: number;
  limit?: NodeJS.Timeout;
  overdue: boolean;
}

export type ChildKind = 'decoder' | 'runner';

/** A child has ended without answering for these films. */
export interface Loss {
  readonly flights: readonly Flight[];
  readonly reason: 'crash' | 'deadline';
  /** E.g. `signal SIGSEGV`. */
  readonly how: string;
}

export interface SeatOptions<Start, Answer> extends Omit<KeptChildOptions<Start, Answer>, 'onAnswer' | 'onGone'> {
  readonly killGraceMs: number;
  readonly onAnswer: (answer: Answer, flights: readonly Flight[]) => void;
  readonly onLoss: (loss: Loss) => void;
}

/** A child and the films that it has: one piece of work at a time, with every film accounted for. */
export class Seat<
  Start extends object,
  Work extends object,
  Answer extends { readonly kind: string; readonly job: number },
> {
  readonly child: KeptChild<Start, Work, Answer>;
  readonly #killGraceMs: number;
  #load: Load | undefined;
  #jobs = 0;

  constructor(options: SeatOptions<Start, Answer>) {
    this.#killGraceMs = options.killGraceMs;
    this.child = new KeptChild({
      ...options,
      onAnswer: (answer: Answer) => {
        // A late answer from a process that has ended: its films are already being retried.
        if (answer.job !== this.#load?.job) return;
        options.onAnswer(answer, this.#unload());
      },
      onGone: (how) => {
        const reason = this.#load?.overdue === true ? 'deadline' : 'crash';
        options.onLoss({ flights: this.#unload(), reason, how });
      },
    });
  }

  get free(): boolean {
    return this.child.ready && !this.busy;
  }

  /** Has films, including abandoned ones. */
  get busy(): boolean {
    return this.#load !== undefined;
  }

  has(flight: Flight): boolean {
    return this.#load?.flights.includes(flight) ?? false;
  }

  /** @param bytes of the film, if the work needs them; they travel beside the message */
  take(flights: readonly Flight[], work: (job: number) => Work, bytes?: Uint8Array): void {
    const job = ++this.#jobs;
    for (const flight of flights) flight.taken();
    this.#load = { job, flights, takenAt: performance.now(), overdue: false };
    this.child.send(work(job), bytes);
  }

  /** A film of this seat is past its deadline: kills the child once it has had the films for `killGraceMs`. */
  endWhenOverdue(): void {
    const load = this.#load;
    if (load === undefined || load.limit !== undefined) return;
    const left = load.takenAt + this.#killGraceMs - performance.now();
    load.limit = setTimeout(
      () => {
        load.overdue = true;
        this.child.kill();
      },
      Math.max(0, left),
    ).unref();
  }

  #unload(): readonly Flight[] {
    const flights = this.#load?.flights ?? [];
    clearTimeout(this.#load?.limit);
    this.#load = undefined;
    return flights;
  }
}
