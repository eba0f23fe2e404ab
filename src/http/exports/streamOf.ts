import { Readable } from 'node:stream';

const chunkLength = 64 * 1024;

/**
 * A stream of the text. It resolves with the first piece, so that an unreachable database is answered as a problem;
 * a later failure destroys the stream, and the answer is visibly cut.
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
