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
export type DecodeFilm = (
  bytes: Uint8Array,
  options: Pick<DecoderStart, 'maxPixels'> & Partial<Pick<DecoderStart, 'secondaryCapture'>>,
) => Promise<Film>;

/** A striped PNG of 64 × 64 that tests the whole path before the first film. */
const warmUpFilm = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAEklEQVR42mP4AAUMo4xRBukMACHk4BB9bzJSAAAAAElFTkSuQmCC',
  'base64',
);
const warmUpPixels = 64 * 64;

/** The decoder child: uploaded bytes → the input of a network, unless the gate of the model refuses the film. */
export function serveDecoder(decodeFilm: DecodeFilm): void {
  const specs = new Map<string, ModelSpec>();
  let options = { maxPixels: 0, secondaryCapture: false };

  serveParent<DecoderStart, DecodeMessage, DecodedMessage | GatedMessage | NoFilmMessage | FailedMessage>({
    async start(message) {
      options = message;
      for (const spec of message.specs) {
        specs.set(spec.name, spec);
        const film = await decodeFilm(warmUpFilm, { maxPixels: warmUpPixels });
        // The verdict doesn't matter (stripes aren't a film), only that the gate works.
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
        const judged = judgeFilm(await decodeFilm(bytes, options), spec);
        if (judged.kind === 'refused')
          return {
            ...factsOf(judged.film),
            kind: 'gated',
            job,
            code: judged.code,
            detail: judged.detail,
            decodeMs: performance.now() - began,
          };
        return { kind: 'decoded', job, ...inputOf(judged.film, spec), decodeMs: performance.now() - began };
      } catch (error) {
        if (error instanceof FilmError) return { kind: 'no-film', job, code: error.code, message: error.message };
        return { kind: 'failed', job, message: messageOf(error) };
      }
    },
  });
}

/** Applies a spec's window and fit to a film that passed the gate. */
function inputOf(film: Film, spec: ModelSpec): Pick<DecodedMessage, 'film' | 'identifiers' | 'input'> {
  const { levels, window } = applyWindow(film, spec);
  const { preparation } = film.facts;
  const facts = { ...film.facts, preparation: { ...preparation, window } };
  return { ...factsOf(film), film: facts, input: fitToInput(levels, spec) };
}

/** The facts about a film, with the patient's identifiers kept separate. */
function factsOf({ facts, identifiers }: Film): Pick<DecodedMessage, 'film' | 'identifiers'> {
  return { film: facts, ...(identifiers === undefined ? {} : { identifiers }) };
}
