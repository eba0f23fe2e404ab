import type { FilmPicture, Grey16 } from '../../api/index.js';
import type { FilmPixels } from './levels.js';
import type { ReadQuestion, ReadReply, ReadRequest } from './readRequest.js';

/** Prepares films for display, in a worker; several at a time: the film of the page and the one beside it. */
export interface PixelReader {
  picture(picture: Pick<FilmPicture, 'blob' | 'channels'>): Promise<FilmPixels>;
  /** Takes ownership of the values: the caller can't use them any more. */
  grey16(film: Grey16): Promise<FilmPixels>;
  close(): void;
}

export function createPixelReader(
  worker: Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'> = readWorker(),
): PixelReader {
  const waiting = new Map<
    number,
    { readonly resolve: (pixels: FilmPixels) => void; readonly reject: (fault: Error) => void }
  >();
  let lastId = 0;
  worker.addEventListener('message', ({ data: { id, answer } }: MessageEvent<ReadReply>) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if ('pixels' in answer) asked?.resolve(answer.pixels);
    else asked?.reject(new Error(answer.fault));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    for (const { reject } of waiting.values())
      reject(new Error(event.message === '' ? 'The worker that reads films could not start.' : event.message));
    waiting.clear();
  });
  const read = (request: ReadRequest, transfer: Transferable[]): Promise<FilmPixels> =>
    new Promise((resolve, reject) => {
      const question: ReadQuestion = { id: ++lastId, request };
      waiting.set(question.id, { resolve, reject });
      worker.postMessage(question, transfer);
    });
  return {
    picture: ({ blob, channels }) => read({ kind: 'picture', blob, channels }, []),
    grey16: ({ values, width, height }) => read({ kind: 'grey16', values, width, height }, [values.buffer]),
    close: () => {
      worker.terminate();
    },
  };
}

function readWorker(): Worker {
  const address = VIEWER_WORKERS['read'];
  if (address === undefined) throw new Error('The bundle has no worker to read films.');
  return new Worker(address);
}
