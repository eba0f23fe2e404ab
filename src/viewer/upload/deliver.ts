import { ApiFault, type FilmReport, type UploadFields } from '../api/index.js';
import type { EarlierFilm, Upload, UploadStatus } from './upload.js';

/** What delivery needs from outside. */
export interface UploadOutside {
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
  readonly now: () => number;
}

/** An upload in the queue, with the state of its delivery. */
export interface Entry {
  upload: Upload;
  sha256: string | undefined;
  /** The same until the server has answered: a second attempt gets the first report. */
  key: string;
  /** Whether the server was asked for earlier films with these bytes, or need not be. */
  checked: boolean;
  readonly stop: AbortController;
}

/**
 * Delivers a film: looks for an earlier film with the same bytes, sends this one if there is none, and retries
 * until the server has given its final answer. Reports each step to `become`; never throws.
 *
 * @param ahead uploads before this one in the queue
 */
export async function deliver(
  entry: Entry,
  ahead: Iterable<Entry>,
  outside: UploadOutside,
  become: (status: UploadStatus) => void,
): Promise<void> {
  try {
    if (!entry.checked) {
      become({ kind: 'checking' });
      const as = await sameFilm(entry, ahead, outside);
      entry.checked = true;
      if (as !== undefined) {
        become({ kind: 'same', as });
        return;
      }
    }
    become({ kind: 'done', report: await sent(entry, outside, become) });
  } catch (error) {
    if (!entry.stop.signal.aborted) become({ kind: 'failed', fault: faultOf(error) });
  }
}

type SameFilm = Extract<UploadStatus, { kind: 'same' }>['as'];

/** An existing film with these bytes: an upload ahead in the queue, or a film that the server has analysed. */
async function sameFilm(
  entry: Entry,
  ahead: Iterable<Entry>,
  { hash, find }: UploadOutside,
): Promise<SameFilm | undefined> {
  const { model } = entry.upload.fields;
  const sha256 = await hash(entry.upload.file);
  entry.sha256 = sha256;
  for (const { sha256: its, upload } of ahead) {
    if (its === sha256 && upload.fields.model === model && upload.status.kind !== 'failed')
      return upload.status.kind === 'same' ? upload.status.as : { upload: upload.id };
  }
  return find({ sha256, model }, entry.stop.signal);
}

async function sent(
  { upload, key, stop: { signal } }: Entry,
  { send, pause, now }: UploadOutside,
  become: (status: UploadStatus) => void,
): Promise<FilmReport> {
  for (let attempt = 1; ; attempt++) {
    become({ kind: 'sending', part: 0 });
    try {
      return await send({
        file: upload.file,
        fields: upload.fields,
        idempotencyKey: key,
        signal,
        onProgress: (part) => {
          become(part < 1 ? { kind: 'sending', part } : { kind: 'analysing', since: now() });
        },
      });
    } catch (error) {
      if (signal.aborted || !(error instanceof ApiFault) || !error.passing) throw error;
      become({ kind: 'held', fault: error });
      await pause(attempt, (error.retryAfterS ?? 0) * 1000, signal);
    }
  }
}

function faultOf(error: unknown): ApiFault {
  if (error instanceof ApiFault) return error;
  return new ApiFault({ status: 0, code: 'unreadable-file', detail: "The file can't be read.", cause: error });
}
