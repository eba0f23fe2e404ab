import type { FilmBox, FilmReport } from '../api/answers.js';

/** What the server said about a film, with its candidates: the only source of the state on the page. */
export type Verdict =
  | {
      readonly state: 'findings' | 'below-threshold';
      /** The operating threshold of the row: a reader's slider never changes it. */
      readonly threshold: number;
      /** Candidates below it were not kept: the slider has nothing to show there. */
      readonly floor: number;
      /** All kept candidates, best first, reported boxes among them. */
      readonly candidates: readonly FilmBox[];
      readonly reported: number;
    }
  | { readonly state: 'not-analysed'; readonly code: string; readonly detail: string };

/**
 * Reads the view of a report at the lowest score. The state is the logged one; an answer whose state and
 * boxes contradict each other is `not-analysed`: nobody can tell which of the two is true.
 */
export function readVerdict(view: FilmReport): Verdict {
  if (view.state === 'not-analysed') return { state: view.state, ...view.reason };
  const { asLogged } = view;
  const threshold = asLogged?.threshold ?? view.threshold;
  const state = asLogged?.state ?? view.state;
  const reported = view.detections.filter((box) => box.score >= threshold).length;
  if (state !== 'findings' && state !== 'below-threshold') return contradiction(`its state is “${state}”`);
  if ((state === 'findings') !== reported > 0)
    return contradiction(`it says “${state}” and has ${reported} boxes at or above ${threshold}`);
  const lowest = Math.min(threshold, ...view.detections.map((box) => box.score));
  // Older rows give the floor as a raw score.
  const floor = asLogged === undefined ? threshold : Math.min(asLogged.candidateFloor, lowest);
  return { state, threshold, floor, candidates: view.detections, reported };
}

function contradiction(why: string): Verdict {
  return {
    state: 'not-analysed',
    code: 'unreadable-answer',
    detail: [
      `The server's answer contradicts itself: ${why}.`,
      "Reload the page; if that doesn't help, tell the people who run the service.",
    ].join(' '),
  };
}
