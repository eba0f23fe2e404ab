import type { Verdict } from './verdict.js';

/** What the state line says: the headline is always visible, the detail stands below it. */
export interface StateWords {
  readonly headline: string;
  readonly detail: string;
}

/**
 * The state in words. “Normal” occurs only once, where it is denied: a false all-clear does the harm.
 *
 * @param lookedFor titles of the lesion classes
 */
export function stateWords(film: Verdict, lookedFor: readonly string[]): StateWords {
  switch (film.state) {
    case 'findings':
      return {
        headline: `FINDINGS: ${counted(film.reported)} at or above ${scoreText(film.threshold)}`,
        detail: `Looked for: ${listed(lookedFor, 'and')}. Other disease was not looked for.`,
      };
    case 'below-threshold':
      return {
        headline: `NO ${notFound(lookedFor)} at or above ${scoreText(film.threshold)}`,
        detail: 'Other disease was not looked for. This does not say the film is normal.',
      };
    case 'not-analysed':
      return { headline: `NOT ANALYSED: ${reasonTitle(film.code)}`, detail: 'Nothing is known about this film.' };
  }
}

function counted(boxes: number): string {
  return `${boxes} ${boxes === 1 ? 'box' : 'boxes'}`;
}

function notFound(lookedFor: readonly string[]): string {
  return lookedFor.length === 0 ? 'BOX' : listed(lookedFor, 'or').toUpperCase();
}

/** Scores and thresholds always have three digits: numbers of equal length can be compared at a glance. */
export function scoreText(score: number): string {
  return score.toFixed(3);
}

/**
 * A score beside a threshold, never rounded to its other side: with a threshold of 0.31, 0.3096 is shown as 0.309,
 * since 0.310 would look reported.
 */
export function scoreBeside(score: number, threshold: number | undefined): string {
  const text = scoreText(score);
  if (threshold === undefined || score >= threshold || Number(text) < Number(scoreText(threshold))) return text;
  return scoreText(Math.max(0, Number(scoreText(threshold)) - 0.001));
}

const reasons: Readonly<Record<string, readonly [title: string, whatToDo: string]>> = {
  'not-a-frontal-chest-film': [
    'not a frontal chest film',
    'Read it without the detector. If it is a frontal chest film, send the original file again, upright and uncropped.',
  ],
  'range-unused': [
    'too little of the grey range used',
    'Send the film scaled to its whole range, or read it without the detector.',
  ],
  'engine-failed': [
    'the detector failed on this film',
    'Send the film again. If it fails again, read it without the detector and tell the people who run the service.',
  ],
  deadline: ['the detector took too long', 'Send the film again when the service is less busy.'],
  'unreadable-answer': [
    'unreadable answer',
    'Reload the page. Nothing is known about this film until the answer can be read.',
  ],
};

export function reasonTitle(code: string): string {
  return reasons[code]?.[0] ?? code.replaceAll('-', ' ');
}

export function whatToDo(code: string): string {
  return reasons[code]?.[1] ?? 'Read the film without the detector: nothing is known about it.';
}

function listed(names: readonly string[], and: string): string {
  const [last = 'nothing', ...rest] = [...names].reverse();
  return rest.length === 0 ? last : `${rest.reverse().join(', ')} ${and} ${last}`;
}
