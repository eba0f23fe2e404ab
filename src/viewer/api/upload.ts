import { type FilmReport, readReport } from './answers.js';
import type { Connection } from './connection.js';
import { ApiFault, faultOf, unreachable } from './fault.js';
import type { SessionState } from './sessionState.js';

/** What may be sent with a film. */
export interface UploadFields {
  readonly patientRef?: string;
  readonly accessionNumber?: string;
  /** ISO date */
  readonly studyDate?: string;
  /** Free text that stays with the film, at most 128 characters. */
  readonly label?: string;
  /** Only if it isn't the service's default. */
  readonly model?: string;
}

export interface UploadRequest {
  readonly file: Blob;
  readonly fields: UploadFields;
  /** The same for every attempt: the server answers a repeat with the first report. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** 0…1 while the bytes are sent; 1 once all have arrived and the film is being analysed. */
  readonly onProgress: (part: number) => void;
}

/**
 * One attempt to send a film; the queue decides on retries. It uses XMLHttpRequest because fetch does not report
 * how much of a body has been sent.
 *
 * @throws {ApiFault} also if the answer can't be read
 */
export function sendFilm(
  { session, connection }: { readonly session: SessionState; readonly connection: Connection },
  request: UploadRequest,
): Promise<FilmReport> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...request.fields })) if (value !== '') form.append(name, value);
    // A file's name may contain the patient's: it is never sent.
    form.append('image', request.file, 'film');

    const xhr = new XMLHttpRequest();
    xhr.open('POST', '/v1/detections');
    xhr.setRequestHeader('accept', 'application/json');
    xhr.setRequestHeader('idempotency-key', request.idempotencyKey);
    if (session.current !== undefined) xhr.setRequestHeader('x-csrf-token', session.current.csrfToken);
    xhr.upload.addEventListener('progress', ({ loaded, total }) => {
      request.onProgress(total > 0 ? loaded / total : 0);
    });
    xhr.upload.addEventListener('load', () => {
      request.onProgress(1);
    });
    xhr.addEventListener('load', () => {
      connection.found();
      session.noteExpiry(xhr.getResponseHeader('x-session-expires-at'), xhr.getResponseHeader('date'));
      if (xhr.status < 200 || xhr.status > 299) {
        reject(faultOf(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after')));
        return;
      }
      try {
        resolve(readReport(JSON.parse(xhr.responseText)));
      } catch (cause) {
        reject(
          new ApiFault({ status: xhr.status, code: 'unreadable', detail: "The server's answer can't be read.", cause }),
        );
      }
    });
    xhr.addEventListener('error', () => {
      connection.lost();
      reject(unreachable(undefined));
    });
    const stop = (): void => {
      xhr.abort();
    };
    xhr.addEventListener('abort', () => {
      reject(new DOMException('Removed from the queue.', 'AbortError'));
    });
    request.signal.addEventListener('abort', stop);
    xhr.addEventListener('loadend', () => {
      request.signal.removeEventListener('abort', stop);
    });
    if (request.signal.aborted) reject(new DOMException('Removed from the queue.', 'AbortError'));
    else xhr.send(form);
  });
}
