import { answerTo, type ReadQuestion, type ReadReply, transferables } from './readRequest.js';

/** Decodes and halves films off the page's thread: half a second of work for 3000 × 2500. */
self.addEventListener('message', ({ data: { id, request } }: MessageEvent<ReadQuestion>) => {
  void answerTo(request).then((answer) => {
    const reply: ReadReply = { id, answer };
    // In a worker, `self` is its scope, whose postMessage takes a list of what to transfer.
    self.postMessage(reply, { transfer: transferables(answer) });
  });
});
