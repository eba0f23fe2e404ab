import type { ApiFault, FilmReport, UploadFields } from '../api/index.js';

/** A film on its way to the server, from the moment it was dropped. */
export interface Upload {
  readonly id: number;
  readonly file: Blob;
  /** The file's name: shown here, never sent. */
  readonly name: string;
  /** Browsers paste 8-bit images, whatever the film was. */
  readonly pasted: boolean;
  readonly fields: UploadFields;
  readonly status: UploadStatus;
}

export type UploadStatus =
  | { readonly kind: 'waiting' }
  /** The server is asked whether it has seen these bytes before. */
  | { readonly kind: 'checking' }
  /** `part` is 0…1 of the bytes. */
  | { readonly kind: 'sending'; readonly part: number }
  | { readonly kind: 'analysing'; readonly since: number }
  /** The last attempt failed; the next one starts by itself. */
  | { readonly kind: 'held'; readonly fault: ApiFault }
  | { readonly kind: 'done'; readonly report: FilmReport }
  /** This model has analysed these bytes before, or they are another upload of this queue. */
  | { readonly kind: 'same'; readonly as: EarlierFilm | { readonly upload: number } }
  | { readonly kind: 'failed'; readonly fault: ApiFault };

export interface EarlierFilm {
  readonly id: string;
  readonly createdAt: string;
}

/** Whether the server may not have the bytes yet: leaving the page would lose them. */
export function isUnsent({ kind }: UploadStatus): boolean {
  return kind === 'waiting' || kind === 'checking' || kind === 'sending' || kind === 'analysing' || kind === 'held';
}
