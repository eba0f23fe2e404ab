import type { ListItem, LoggedFilm } from '../api/index.js';

/** Nobody looks through more; the list of films has them all. */
const mostKept = 200;

/** What the tail has seen, newest first: kept in this tab while other pages are shown. */
export class LiveFilms {
  #films: readonly LoggedFilm[] = [];
  /** Films that arrived while the tail was paused. */
  #held: readonly LoggedFilm[] = [];
  #halted = false;

  get films(): readonly LoggedFilm[] {
    return this.#films;
  }

  /** How many arrived since the tail was paused. */
  get held(): number {
    return this.#held.length;
  }

  get halted(): boolean {
    return this.#halted;
  }

  /** A film is shown once, even if both the log and the tail deliver it. */
  add(films: readonly LoggedFilm[]): void {
    if (this.#halted) this.#held = merged(this.#held, unknownTo(this.#films, films));
    else this.#films = merged(this.#films, films);
  }

  halt(): void {
    this.#halted = true;
  }

  goOn(): void {
    this.#halted = false;
    this.#films = merged(this.#films, this.#held);
    this.#held = [];
  }
}

/** A row of the log in the form of the tail. */
export function liveFilmOf(item: ListItem): LoggedFilm {
  const { id, createdAt, state, model, submitter, timings } = item;
  const judged = item.state === 'not-analysed' ? undefined : item;
  const { queueMs, decodeMs, inferMs, postMs } = timings;
  return {
    id,
    createdAt,
    state,
    reason: item.state === 'not-analysed' ? item.reason.code : null,
    model,
    submitter,
    filmScore: judged?.filmScore ?? null,
    boxCount: judged?.detections.length ?? null,
    latencyMs: queueMs + decodeMs + inferMs + postMs,
  };
}

export interface LiveFilter {
  readonly state: '' | LoggedFilm['state'];
  /** Part of the sender's name. */
  readonly submitter: string;
}

export function fits({ state, submitter }: LoggedFilm, filter: LiveFilter): boolean {
  return (
    (filter.state === '' || state === filter.state) && submitter.toLowerCase().includes(filter.submitter.toLowerCase())
  );
}

/** Newest first: ids begin with their time. */
function merged(known: readonly LoggedFilm[], films: readonly LoggedFilm[]): readonly LoggedFilm[] {
  return [...unknownTo(known, films), ...known].toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, mostKept);
}

function unknownTo(known: readonly LoggedFilm[], films: readonly LoggedFilm[]): readonly LoggedFilm[] {
  const ids = new Set(known.map(({ id }) => id));
  return films.filter(({ id }) => !ids.has(id));
}
