import t from 'tap';
import { type FilmReport, readReport } from '../../src/viewer/api/answers.js';
import { loadFilm, type PixelState } from '../../src/viewer/film/state/loadFilm.js';
import { type FilmPixels, filmPixels } from '../../src/viewer/film/pixels/levels.js';
import { createPixelReader, type PixelReader } from '../../src/viewer/film/pixels/reader.js';
import type { ReadAnswer, ReadQuestion, ReadReply } from '../../src/viewer/film/pixels/readRequest.js';

/** Whose pixels a film gets, whatever order they come in. */

/** One grey value all over. */
function grey(width: number, height: number, value: number): FilmPixels {
  return filmPixels({ width, height, planes: [new Uint8Array(width * height).fill(value)] }, 255);
}

/** A worker that is asked, and answers when it is told to. */
class Asked extends EventTarget {
  readonly questions: ReadQuestion[] = [];
  postMessage(question: ReadQuestion): void {
    this.questions.push(question);
  }
  terminate(): void {
    this.questions.length = 0;
  }
  answer({ id }: ReadQuestion, answer: ReadAnswer): void {
    this.dispatchEvent(new MessageEvent<ReadReply>('message', { data: { id, answer } }));
  }
}

t.test('a film gets its own pixels, whichever the worker is done with first', async (t) => {
  const worker = new Asked();
  const reader = createPixelReader(worker);
  const prior = reader.picture({
    blob: new Blob(),
    width: 1,
    height: 1,
    bits: 8,
    channels: 1,
    pixelsSha256: undefined,
  });
  const current = reader.grey16({ values: new Uint16Array(1), width: 1, height: 1 });
  const broken = reader.grey16({ values: new Uint16Array(1), width: 1, height: 1 });
  const [first, second, third] = worker.questions;
  const [ofPrior, ofCurrent] = [grey(1, 1, 10), grey(1, 1, 20)];
  worker.answer(third!, { fault: 'out of memory' });
  worker.answer(second!, { pixels: ofCurrent });
  worker.answer(first!, { pixels: ofPrior });
  t.equal(await prior, ofPrior);
  t.equal(await current, ofCurrent);
  await t.rejects(broken, { message: 'out of memory' });
});

t.test('full depth of another size than the preview is not shown', async (t) => {
  const report: FilmReport = readReport({ id: 'r', createdAt: '2026-11-21T10:00:00.000Z' });
  const reader: PixelReader = {
    picture: () => Promise.resolve(grey(4, 2, 0)),
    grey16: () => Promise.resolve(grey(2, 4, 0)),
    close: () => undefined,
  };
  const loading = loadFilm(
    'r',
    {
      api: {
        detection: () => Promise.resolve(report),
        film: () =>
          Promise.resolve({ blob: new Blob(), width: 4, height: 2, bits: 12, channels: 1, pixelsSha256: undefined }),
        grey16: () => Promise.resolve({ values: new Uint16Array(8), width: 2, height: 4 }),
      },
      models: { find: () => Promise.resolve(undefined) },
      reader,
    },
    new AbortController().signal,
  );
  const last = await new Promise<PixelState>((resolve) => {
    loading.onPixels((state) => {
      if (
        state.kind === 'absent' ||
        (state.kind === 'shown' && (state.quality === 'full' || state.fault !== undefined))
      )
        resolve(state);
    });
  });
  t.match(last, { kind: 'shown', quality: 'preview', fault: /not of the size of its preview/ });
});
