import type { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import { Problem } from '../errors/problems.js';
import { textOf } from '../text.js';
import type { ArrivingBytes } from './arrivingBytes.js';
import { type FieldCollector, maximumFieldLength } from './fields.js';
import { parametersOf, type PartHeaders, partHeadersOf } from './partHeaders.js';

/** At most four bytes per character in UTF-8. */
const maximumFieldBytes = 4 * maximumFieldLength;
const maximumParts = 34;

/**
 * Reads a multipart form from its chunks: the film into `film`, text fields into `fields`. Every part is consumed as it
 * arrives and nothing waits for a reader, so a form either ends or is refused.
 */
export class FormReader {
  readonly #dicer: Dicer;
  readonly #finished: Promise<void>;
  readonly #endedParts: Promise<void>[] = [];
  #file: string | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @throws Problem `bad-request` if the content type names no boundary. */
  constructor(
    contentType: string,
    readonly film: ArrivingBytes,
    readonly fields: FieldCollector,
  ) {
    const { boundary } = parametersOf(contentType);
    if (boundary === undefined || boundary === '')
      throw new Problem('bad-request', 'The content type of the form names no boundary.');
    // Without a high-water mark the parser never pauses: a paused part that nobody resumes would hold the form for
    // ever.
    const options = { boundary, maxHeaderPairs: 16, partHwm: Number.MAX_SAFE_INTEGER };
    const dicer = new Dicer(options);
    this.#finished = new Promise((resolve) => {
      dicer.on('finish', resolve);
      dicer.on('error', (cause: unknown) => {
        this.#fail(damaged(cause));
        resolve();
      });
    });
    dicer.on('part', (part: Readable) => {
      this.#endedParts.push(this.#take(part));
    });
    this.#dicer = dicer;
  }

  /** @throws Problem if the form is wrong so far. */
  write(chunk: Buffer): void {
    this.#assertGood();
    this.#dicer.write(chunk);
  }

  /** Resolves once every part is taken. @throws Problem if the form is wrong. */
  async end(): Promise<void> {
    this.#dicer.end();
    await this.#finished;
    this.#assertGood();
    await Promise.all(this.#endedParts);
    this.#assertGood();
    if (this.#file === undefined) throw new Problem('no-image', 'The form has no file “image”.');
    if (this.#file !== 'image') throw new Problem('no-image', 'The file must come in the field “image”.');
  }

  #take(part: Readable): Promise<void> {
    let headers: PartHeaders | undefined;
    const text: Buffer[] = [];
    let size = 0;
    return new Promise((resolve) => {
      this.#whileGood(() => {
        if (this.#endedParts.length >= maximumParts)
          throw new Problem('bad-parameter', 'The form has more parts than there are fields.');
      });
      part.on('header', (raw: Record<string, string[]>) => {
        this.#whileGood(() => {
          headers = partHeadersOf(raw);
          this.#begin(headers);
        });
      });
      part.on('data', (chunk: Buffer) => {
        this.#whileGood(() => {
          size += chunk.length;
          if (headers?.isFile === true) {
            if (headers.name === 'image') this.film.push(chunk);
          } else if (size <= maximumFieldBytes) text.push(Buffer.from(chunk));
        });
      });
      part.on('end', () => {
        this.#whileGood(() => {
          if (headers === undefined) throw new Problem('bad-request', 'The headers of a form part are incomplete.');
          if (!headers.isFile) this.#addField(headers, Buffer.concat(text), size);
        });
        resolve();
      });
      part.on('error', (cause: unknown) => {
        this.#fail(damaged(cause));
        resolve();
      });
    });
  }

  #begin({ name, isFile, mediaType }: PartHeaders): void {
    if (isFile) {
      if (this.#file !== undefined) throw new Problem('several-images', 'The request has more than one file.');
      this.#file = name;
    } else if (name === 'image')
      throw new Problem('no-image', 'The field “image” came as text: send it as a file, with a file name.');
    else if (mediaType === 'application/json')
      throw new Problem('bad-parameter', 'A field is declared as JSON; fields are plain text.');
  }

  #addField({ name, charset }: PartHeaders, bytes: Buffer, size: number): void {
    // The collector refuses an unknown name and a text that is too long.
    const what = 'A field of the form';
    this.fields.add(name, size > maximumFieldBytes ? '?'.repeat(maximumFieldLength + 1) : textOf(bytes, what, charset));
  }

  #whileGood(act: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #assertGood(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

function damaged(cause: unknown): Problem {
  const detail = cause instanceof Error ? cause.message : "it can't be read";
  return new Problem('bad-request', `The multipart body is damaged: ${detail}.`, { cause });
}
