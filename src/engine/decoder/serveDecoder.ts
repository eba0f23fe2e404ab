import { performance } from 'node:perf_hooks';
import { messageOf, serveParent } from '../../children/index.js';
import { fitToInput, type ModelSpec } from '../../detector/index.js';
import { applyWindow, type Film, FilmError } from '../../imaging/index.js';
import type {
  DecodedMessage,
  DecodeMessage,
  DecoderStart,
  FailedMessage,
  GatedMessage,
  NoFilmMessage,
} from '../messages.js';
import { judgeFilm } from './judgeFilm.js';

/** Uploaded bytes → Film, or FilmError. A seam: tests decode with functions that crash. */
export type DecodeFilm = (bytes: Uint8Array, options: { readonly maxPixels: number }) => Promise<Film>;

/** A striped PNG of 64 × 64: that the whole way works is known before the first film. */
const warmUpFilm = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAEklEQVR42mP4AAUMo4xRBukMACHk4BB9bzJSAAAAAElFTkSuQmCC',
  'base64',
);
const warmUpPixels = 64 * 64;

/** The decoder child: uploaded bytes → the input of a network, unless the gate of the model refuses the film. */
export function serveDecoder(decodeFilm: DecodeFilm): void {
  const specs = new Map<string, ModelSpec>();
  let maxPixels = 0;

  serveParent<DecoderStart, DecodeMessage, DecodedMessage | GatedMessage | NoFilmMessage | FailedMessage>({
    async start(message) {
      maxPixels = message.maxPixels;
      for (const spec of message.specs) {
        specs.set(spec.name, spec);
        const film = await decodeFilm(warmUpFilm, { maxPixels: warmUpPixels });
        // Stripes are no film: what counts is that the gate could be asked.
        judgeFilm(film, spec);
        inputOf(film, spec);
      }
      return { kind: 'ready', notes: [] };
    },
    async work({ job, model }, bytes) {
      const began = performance.now();
      try {
        const spec = specs.get(model);
        if (spec === undefined) throw new Error(`the decoder knows no model "${model}"`);
        const judged = judgeFilm(await decodeFilm(bytes, { maxPixels }), spec);
        if (judged.kind === 'refused')
          return { ...judged, kind: 'gated', job, film: judged.film.facts, decodeMs: performance.now() - began };
        return { kind: 'decoded', job, ...inputOf(judged.film, spec), decodeMs: performance.now() - began };
      } catch (error) {
        if (error instanceof FilmError) return { kind: 'no-film', job, code: error.code, message: error.message };
        return { kind: 'failed', job, message: messageOf(error) };
      }
    },
  });
}

/** Window and fit of a spec, on a film that may be judged. */
function inputOf(film: Film, spec: ModelSpec): Pick<DecodedMessage, 'film' | 'input'> {
  const { levels, window } = applyWindow(film, spec);
  const { preparation } = film.facts;
  return { film: { ...film.facts, preparation: { ...preparation, window } }, input: fitToInput(levels, spec) };
}
