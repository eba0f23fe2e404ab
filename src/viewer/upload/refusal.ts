import { ApiFault } from '../api/index.js';

/** Why a file is refused without asking the server; undefined if it may be sent. */
export function refusal(file: Blob, maxBytes: number): ApiFault | undefined {
  if (file.size === 0) return new ApiFault({ status: 400, code: 'empty-image', detail: 'The file is empty.' });
  if (file.size > maxBytes)
    return new ApiFault({
      status: 413,
      code: 'upload-too-large',
      detail:
        `The file is ${mebibytes(file.size, Math.ceil)} MiB; ` +
        `the server accepts at most ${mebibytes(maxBytes, Math.floor)}.`,
    });
  return undefined;
}

/** To a tenth, rounded so that a file over the limit never looks as large as the limit. */
function mebibytes(bytes: number, rounded: (tenths: number) => number): string {
  return String(rounded((10 * bytes) / 1024 / 1024) / 10);
}
