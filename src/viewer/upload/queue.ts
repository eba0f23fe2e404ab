import type { UploadFields } from '../api/index.js';
import { deliver, type Entry, type UploadOutside } from './deliver.js';
import { refusal } from './refusal.js';
import { isUnsent, type Upload, type UploadStatus } from './upload.js';

/** A file that the user wants to send. */
export interface FileToSend {
  readonly file: Blob;
  readonly name: string;
  readonly pasted?: boolean;
}

export interface QueueOptions extends UploadOutside {
  readonly maxBytes: number;
  /** A new idempotency key. */
  readonly newKey: () => string;
}

/** Films in flight at once: more would only wait in the server's queue. */
const lanes = 2;

/** The films that this page sends, in the order they were added. */
export class UploadQueue {
  readonly #options: QueueOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #listeners = new Set<() => void>();
  #nextId = 1;
  #busy = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get uploads(): readonly Upload[] {
    return [...this.#entries.values()].map(({ upload }) => upload);
  }

  /** How many films the server may not have yet: leaving the page would lose them. */
  get unsent(): number {
    return this.uploads.filter(({ status }) => isUnsent(status)).length;
  }

  /** Calls `listener` after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(files: readonly FileToSend[], fields: UploadFields): void {
    for (const { file, name, pasted = false } of files) {
      const id = this.#nextId++;
      const fault = refusal(file, this.#options.maxBytes);
      const status: UploadStatus = fault === undefined ? { kind: 'waiting' } : { kind: 'failed', fault };
      this.#entries.set(id, {
        upload: { id, file, name, pasted, fields, status },
        sha256: undefined,
        key: this.#options.newKey(),
        checked: false,
        stop: new AbortController(),
      });
    }
    this.#changed();
    this.#pump();
  }

  /** Retries a film that failed, or sends one that was held back because the server knows its bytes. */
  again(id: number): void {
    const entry = this.#entries.get(id);
    const status = entry?.upload.status;
    if (entry === undefined || (status?.kind !== 'failed' && status?.kind !== 'same')) return;
    // The first request is logged as a failure: a retry is a new request.
    if (status.kind === 'failed' && status.fault.status > 0) entry.key = this.#options.newKey();
    if (status.kind === 'same') entry.checked = true;
    this.#become(entry, { kind: 'waiting' });
    this.#pump();
  }

  remove(id: number): void {
    this.#entries.get(id)?.stop.abort();
    this.#entries.delete(id);
    this.#changed();
    this.#pump();
  }

  /** Removes finished uploads. */
  clear(): void {
    for (const [id, { upload }] of this.#entries)
      if (upload.status.kind === 'done' || upload.status.kind === 'same') this.#entries.delete(id);
    this.#changed();
  }

  /** Stops and forgets everything: the user has signed out. */
  empty(): void {
    for (const { stop } of this.#entries.values()) stop.abort();
    this.#entries.clear();
    this.#changed();
  }

  #pump(): void {
    for (const entry of this.#entries.values()) {
      if (this.#busy >= lanes) return;
      if (entry.upload.status.kind !== 'waiting') continue;
      this.#busy += 1;
      void deliver(entry, this.#before(entry), this.#options, (status) => {
        this.#become(entry, status);
      }).finally(() => {
        this.#busy -= 1;
        this.#pump();
      });
    }
  }

  /** Evaluated lazily: the queue may change while the bytes are hashed. */
  *#before(entry: Entry): Iterable<Entry> {
    for (const other of this.#entries.values()) {
      if (other === entry) return;
      yield other;
    }
  }

  #become(entry: Entry, status: UploadStatus): void {
    entry.upload = { ...entry.upload, status };
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
