import { ApiFault, type FilmReport, type UploadFields } from '../api/index.js';

/** A film on its way to the server, from the moment it was dropped. */
export interface Upload {
  readonly id: number;
  readonly file: Blob;
  /** The file’s name: shown here, never sent. */
  readonly name: string;
  /** What the browser pastes is 8-bit, whatever the film was. */
  readonly pasted: boolean;
  readonly fields: UploadFields;
  readonly status: UploadStatus;
}

export type UploadStatus =
  | { readonly kind: 'waiting' }
  /** The server is asked whether it had these very bytes before. */
  | { readonly kind: 'checking' }
  /** `part` is 0…1 of the bytes. */
  | { readonly kind: 'sending'; readonly part: number }
  | { readonly kind: 'analysing'; readonly since: number }
  /** Tried in vain; tried again by itself. */
  | { readonly kind: 'held'; readonly fault: ApiFault }
  | { readonly kind: 'done'; readonly report: FilmReport }
  /** These bytes were analysed by this model before: by the server, or they are another upload of this queue. */
  | { readonly kind: 'same'; readonly as: EarlierFilm | { readonly upload: number } }
  | { readonly kind: 'failed'; readonly fault: ApiFault };

export interface EarlierFilm {
  readonly id: string;
  readonly createdAt: string;
}

/** What the queue needs from outside. */
export interface UploadOutside {
  readonly maxBytes: number;
  /** SHA-256 of the bytes, hex. */
  readonly hash: (file: Blob) => Promise<string>;
  /** The newest analysed film with these bytes, by this model or else the default one. */
  readonly find: (
    film: { readonly sha256: string; readonly model: string | undefined },
    signal: AbortSignal,
  ) => Promise<EarlierFilm | undefined>;
  readonly send: (request: {
    file: Blob;
    fields: UploadFields;
    idempotencyKey: string;
    signal: AbortSignal;
    onProgress: (part: number) => void;
  }) => Promise<FilmReport>;
  readonly pause: (attempt: number, leastMs: number, signal: AbortSignal) => Promise<void>;
  readonly newKey: () => string;
  readonly now: () => number;
}

export interface UploadQueue {
  readonly uploads: readonly Upload[];
  /** Films whose bytes the server may not have yet: leaving the page would lose them. */
  readonly unsent: number;
  subscribe(listener: () => void): () => void;
  add(
    files: readonly { readonly file: Blob; readonly name: string; readonly pasted?: boolean }[],
    fields: UploadFields,
  ): void;
  /** Once more, after a failure; or although the server had these bytes before. */
  again(id: number): void;
  remove(id: number): void;
  /** Takes out what is done. */
  clear(): void;
  /** Stops and forgets everything: the user is gone. */
  empty(): void;
}

/** Films in flight at once: more would only wait in the server’s queue. */
const lanes = 2;

interface Entry {
  upload: Upload;
  sha256: string | undefined;
  /** Stays the same until the server has answered: a second attempt gets the first report. */
  key: string;
  checked: boolean;
  stop: AbortController;
}

export function createUploadQueue(outside: UploadOutside): UploadQueue {
  const entries = new Map<number, Entry>();
  const listeners = new Set<() => void>();
  let nextId = 1;
  let busy = 0;

  const become = (entry: Entry, status: UploadStatus): void => {
    entry.upload = { ...entry.upload, status };
    changed();
  };
  function changed(): void {
    for (const listener of listeners) listener();
  }

  function pump(): void {
    for (const entry of entries.values()) {
      if (busy >= lanes) return;
      if (entry.upload.status.kind !== 'waiting') continue;
      busy += 1;
      void run(entry).finally(() => {
        busy -= 1;
        pump();
      });
    }
  }

  async function run(entry: Entry): Promise<void> {
    const { signal } = entry.stop;
    try {
      if (!entry.checked) {
        become(entry, { kind: 'checking' });
        const as = await earlier(entry, signal);
        entry.checked = true;
        if (as !== undefined) {
          become(entry, { kind: 'same', as });
          return;
        }
      }
      become(entry, { kind: 'done', report: await sent(entry, signal) });
    } catch (error) {
      if (signal.aborted) return;
      become(entry, {
        kind: 'failed',
        fault:
          error instanceof ApiFault
            ? error
            : new ApiFault({ status: 0, code: 'unreadable-file', detail: 'The file can’t be read.', cause: error }),
      });
    }
  }

  async function earlier(
    entry: Entry,
    signal: AbortSignal,
  ): Promise<Extract<UploadStatus, { kind: 'same' }>['as'] | undefined> {
    const { model } = entry.upload.fields;
    const sha256 = await outside.hash(entry.upload.file);
    entry.sha256 = sha256;
    for (const other of entries.values()) {
      if (other === entry) break;
      if (other.sha256 === sha256 && other.upload.fields.model === model && other.upload.status.kind !== 'failed')
        return other.upload.status.kind === 'same' ? other.upload.status.as : { upload: other.upload.id };
    }
    return outside.find({ sha256, model }, signal);
  }

  /** Tries until the server has answered for good. */
  async function sent(entry: Entry, signal: AbortSignal): Promise<FilmReport> {
    for (let attempt = 1; ; attempt++) {
      become(entry, { kind: 'sending', part: 0 });
      try {
        return await outside.send({
          file: entry.upload.file,
          fields: entry.upload.fields,
          idempotencyKey: entry.key,
          signal,
          onProgress: (part) => {
            become(entry, part < 1 ? { kind: 'sending', part } : { kind: 'analysing', since: outside.now() });
          },
        });
      } catch (error) {
        if (signal.aborted || !(error instanceof ApiFault) || !error.passing) throw error;
        become(entry, { kind: 'held', fault: error });
        await outside.pause(attempt, (error.retryAfterS ?? 0) * 1000, signal);
      }
    }
  }

  return {
    get uploads() {
      return [...entries.values()].map(({ upload }) => upload);
    },
    get unsent() {
      return [...entries.values()].filter(({ upload: { status } }) => isUnsent(status)).length;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(files, fields) {
      for (const { file, name, pasted = false } of files) {
        const id = nextId++;
        const refused = refusal(file, outside.maxBytes);
        const status: UploadStatus = refused === undefined ? { kind: 'waiting' } : { kind: 'failed', fault: refused };
        entries.set(id, {
          upload: { id, file, name, pasted, fields, status },
          sha256: undefined,
          key: outside.newKey(),
          checked: false,
          stop: new AbortController(),
        });
      }
      changed();
      pump();
    },
    again(id) {
      const entry = entries.get(id);
      if (entry === undefined || (entry.upload.status.kind !== 'failed' && entry.upload.status.kind !== 'same')) return;
      // A film that was tried in vain has its row: another try is another request.
      if (entry.upload.status.kind === 'failed' && entry.upload.status.fault.status > 0) entry.key = outside.newKey();
      if (entry.upload.status.kind === 'same') entry.checked = true;
      become(entry, { kind: 'waiting' });
      pump();
    },
    remove(id) {
      entries.get(id)?.stop.abort();
      entries.delete(id);
      changed();
      pump();
    },
    clear() {
      for (const [id, { upload }] of entries)
        if (upload.status.kind === 'done' || upload.status.kind === 'same') entries.delete(id);
      changed();
    },
    empty() {
      for (const { stop } of entries.values()) stop.abort();
      entries.clear();
      changed();
    },
  };
}

/** What needs no server to be refused. */
function refusal(file: Blob, maxBytes: number): ApiFault | undefined {
  if (file.size === 0) return new ApiFault({ status: 400, code: 'empty-image', detail: 'The file has no bytes.' });
  if (file.size > maxBytes)
    return new ApiFault({
      status: 413,
      code: 'upload-too-large',
      detail: `The file has ${mebibytes(file.size)} MiB; the server takes ${mebibytes(maxBytes)}.`,
    });
  return undefined;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0);
}

function isUnsent({ kind }: UploadStatus): boolean {
  return kind === 'waiting' || kind === 'checking' || kind === 'sending' || kind === 'analysing' || kind === 'held';
}
