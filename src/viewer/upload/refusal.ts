import { ApiFault } from '../api/index.js';

/** Why a file is refused without asking the server; undefined if it may be sent. */
export function refusal(file: Blob, maxBytes: number): ApiFault | undefined {
  if (file.size === 0) return new ApiFault({ status: 400, code: 'empty-image', detail: 'The file is empty.' });
  if (file.size > maxBytes)
    return new ApiFault({
      status: 413,
      code: 'upload-too-large',
      detail: `The file is ${mebibytes(file.size)} MiB; the server accepts at most ${mebibytes(maxBytes)}.`,
    });
  return undefined;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0);
}
