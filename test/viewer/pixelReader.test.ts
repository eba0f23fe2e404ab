import t from 'tap';
import { type FilmPixels, filmPixels } from '../../src/viewer/film/pixels/levels.js';
import { createPixelReader } from '../../src/viewer/film/pixels/reader.js';
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
  const prior = reader.picture({ blob: new Blob(), channels: 1 });
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
