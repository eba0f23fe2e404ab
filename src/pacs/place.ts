import type { Endpoint } from './dicomweb/endpoint.js';
import type { Source } from './sources/source.js';
import type { SeenStudies } from './sweep.js';

/** A source at work. */
export interface Place {
  readonly source: Source;
  readonly endpoint: Endpoint;
  readonly state: PlaceState;
  seen: SeenStudies;
}

/** How asking a source goes. */
export interface PlaceStatus {
  readonly source: string;
  readonly state: 'starting' | 'reachable' | 'failing';
  /** Why the last pass failed. */
  readonly code: string | null;
  /** When the last pass that came through had ended. */
  readonly sweptAt: Date | null;
}

export class PlaceState {
  #status: PlaceStatus;

  constructor(source: string) {
    this.#status = { source, state: 'starting', code: null, sweptAt: null };
  }

  status(): PlaceStatus {
    return this.#status;
  }

  swept(): void {
    this.#status = { ...this.#status, state: 'reachable', code: null, sweptAt: new Date() };
  }

  /** Whether that is news. */
  failed(code: string): boolean {
    const isNews = this.#status.code !== code;
    this.#status = { ...this.#status, state: 'failing', code };
    return isNews;
  }
}
