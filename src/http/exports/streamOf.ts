import { Readable } from 'node:stream';

const chunkLength = 64 * 1024;

/**
 * A stream of the text. It resolves when the first piece is there, so that a database that is away is
 * answered as a problem; one that fails later destroys the stream, and the answer is visibly cut.
 */
export async function streamOf(pieces: AsyncGenerator<string>): Promise<Readable> {
  const chunks = chunked(pieces);
  const first = await chunks.next();
  return Readable.from(resumed(first, chunks), { objectMode: false });
}

async function* resumed(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

async function* chunked(pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
