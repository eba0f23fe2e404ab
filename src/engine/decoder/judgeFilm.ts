import type { ModelSpec } from '../../detector/index.js';
import { findGate } from '../../gate/index.js';
import { type Film, invertFilm } from '../../imaging/index.js';

/** A film that the network may judge, inverted if it was a negative; or why it may not. */
export type JudgedFilm =
  | { readonly kind: 'passes'; readonly film: Film }
  | { readonly kind: 'refused'; readonly film: Film; readonly code: string; readonly detail: string };

/**
 * Asks the model's gate, if it has one.
 *
 * @throws Error if this version has no such gate: a film never passes unseen.
 */
export function judgeFilm(film: Film, { inputGate }: Pick<ModelSpec, 'inputGate'>): JudgedFilm {
  if (inputGate === 'none') return { kind: 'passes', film };
  const gate = findGate(inputGate);
  if (gate === undefined) throw new Error(`there is no gate "${inputGate.name}" ${inputGate.version}`);
  const verdict = gate.judge(film);
  if (verdict.kind === 'refused') return { kind: 'refused', film, code: verdict.code, detail: verdict.detail };
  return { kind: 'passes', film: verdict.kind === 'passes-inverted' ? invertFilm(film) : film };
}
