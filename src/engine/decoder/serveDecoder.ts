import { performance } from 'node:perf_hooks';
import { fitToInput, type ModelSpec } from '../../detector/index.js';
import { applyWindow, type Film, FilmError } from '../../imaging/index.js';
import { messageOf, serveKeeper } from '../childEntry.js';
import type { DecodedMessage, DecodeMessage, DecoderStart, FailedMessage, NoFilmMessage } from '../messages.js';

/** Uploaded bytes → Film, or FilmError. A seam: tests decode with functions that crash. */
export type DecodeFilm = (bytes: Uint8Array, options: { readonly maxPixels: number }) => Promise<Film>;

/** A striped PNG of 64 × 64: that the whole way works is known before the first film. */
const warmUpFilm = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAEklEQVR42mP4AAUMo4xRBukMACHk4BB9bzJSAAAAAElFTkSuQmCC',
  'base64',
);
const warmUpPixels = 64 * 64;

/** The decoder child: uploaded bytes → the input of a network. */
export function serveDecoder(decodeFilm: DecodeFilm): void {
  const specs = new Map<string, ModelSpec>();
  let maxPixels = 0;

  serveKeeper<DecoderStart, DecodeMessage, DecodedMessage | NoFilmMessage | FailedMessage>({
    async start(message) {
      maxPixels = message.maxPixels;
      for (const spec of message.specs) {
        specs.set(spec.name, spec);
        await prepare(warmUpFilm, spec.name, warmUpPixels);
      }
      return { kind: 'ready', notes: [] };
    },
    async work({ job, bytes, model }) {
      try {
        return { kind: 'decoded', job, ...(await prepare(bytes, model, maxPixels)) };
      } catch (error) {
        if (error instanceof FilmError) return { kind: 'no-film', job, code: error.code, message: error.message };
        return { kind: 'failed', job, message: messageOf(error) };
      }
    },
  });

  async function prepare(bytes: Uint8Array, model: string, limit: number): Promise<Pick<DecodedMessage, 'film' | 'input' | 'decodeMs'>> {
    const began = performance.now();
    const spec = specs.get(model);
    if (spec === undefined) throw new Error(`the decoder knows no model "${model}"`);
    const film = await decodeFilm(bytes, { maxPixels: limit });
    const { levels, window } = applyWindow(film, spec);
    const input = fitToInput(levels, spec);
    const { preparation } = film.facts;
    return { film: { ...film.facts, preparation: { ...preparation, window } }, input, decodeMs: performance.now() - began };
  }
}
