import type { FilmPicture, Grey16 } from '../../api/index.js';
import type { FilmPixels } from './levels.js';
import type { ReadAnswer, ReadRequest } from './readRequest.js';

/** Makes films ready for showing, one after the other, in a worker. */
export interface PixelReader {
  picture(picture: FilmPicture): Promise<FilmPixels>;
  /** Takes the values over: they are gone for the caller. */
  grey16(film: Grey16): Promise<FilmPixels>;
  close(): void;
}

export function createPixelReader(): PixelReader {
  const address = VIEWER_WORKERS['read'];
  if (address === undefined) throw new Error('The bundle has no worker to read films.');
  const worker = new Worker(address);
  const waiting: { readonly resolve: (pixels: FilmPixels) => void; readonly reject: (fault: Error) => void }[] = [];
  worker.addEventListener('message', ({ data }: MessageEvent<ReadAnswer>) => {
    const first = waiting.shift();
    if ('pixels' in data) first?.resolve(data.pixels);
    else first?.reject(new Error(data.fault));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    for (const { reject } of waiting.splice(0)) reject(new Error(event.message === '' ? 'The worker that reads films could not start.' : event.message));
  });
  const read = (request: ReadRequest, transfer: Transferable[]): Promise<FilmPixels> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(request, transfer);
    });
  return {
    picture: ({ blob, channels }) => read({ kind: 'picture', blob, channels }, []),
    grey16: ({ values, width, height }) => read({ kind: 'grey16', values, width, height }, [values.buffer]),
    close: () => { worker.terminate(); },
  };
}
