import type { ModelSpec } from '../../detector/index.js';
import { findGate } from '../../gate/index.js';
import { type Film, invertFilm, whyUnscaled } from '../../imaging/index.js';

/** A film that the network may judge, inverted if it was a negative; or why it may not. */
export type JudgedFilm =
  | { readonly kind: 'passes'; readonly film: Film }
  | { readonly kind: 'refused'; readonly film: Film; readonly code: string; readonly detail: string };

/**
 * Asks the model's gate, if it has one. A model without a window sees the raw values: 12 bits in a 16-bit file
 * look black to it, and so does their upper byte in an 8-bit file, so "nothing found" would mislead. If the film's own
 * file says that it is a lateral or shows another part of the body, it is refused regardless of the gate.
 *
 * @throws Error if this version has no such gate: a film never passes unseen.
 */
export function judgeFilm(film: Film, { inputGate, window }: Pick<ModelSpec, 'inputGate' | 'window'>): JudgedFilm {
  if (film.fault !== undefined) return { kind: 'refused', film, ...film.fault };
  const unscaled = window === 'none' ? whyUnscaled(film) : undefined;
  if (unscaled !== undefined) {
    const detail =
      `The film ${unscaled}, and the model takes no window: it would see an even picture. ` +
      'Send the film scaled to the whole range, or import the model with --window 1,99.';
    return { kind: 'refused', film, code: 'range-unused', detail };
  }
  if (inputGate === 'none') return { kind: 'passes', film };
  const gate = findGate(inputGate);
  if (gate === undefined) throw new Error(`there is no gate "${inputGate.name}" ${inputGate.version}`);
  const verdict = gate.judge(film);
  if (verdict.kind === 'refused') return { kind: 'refused', film, code: verdict.code, detail: verdict.detail };
  return { kind: 'passes', film: verdict.kind === 'passes-inverted' ? invertFilm(film) : film };
}
