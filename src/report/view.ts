import type { ReportedBox, Report } from './schema.js';

/** A report as it would read at another threshold, plus what was logged. */
export type ReportView = Report & {
  readonly asLogged: {
    readonly state: Report['state'];
    readonly threshold: number;
    /** Candidates with a score below it were not kept: no view can show them. */
    readonly candidateFloor: number;
  };
};

/**
 * The view of a logged report at `minScore`: threshold, state and detections are recomputed from the kept candidates;
 * everything else stays as logged. A film that was not analysed stays so at every score.
 *
 * @param minScore 0…1, on the reported (calibrated) score
 */
export function viewAt(
  logged: { readonly report: Report; readonly candidates: readonly ReportedBox[]; readonly candidateFloor: number },
  minScore: number,
): ReportView | Report {
  const { report, candidateFloor } = logged;
  if (report.state === 'not-analysed') return report;
  const asLogged = { state: report.state, threshold: report.threshold, candidateFloor };
  const detections = logged.candidates.filter((c) => c.score >= minScore).map(inOrder);
  return detections.length > 0
    ? { ...report, state: 'findings', threshold: minScore, detections, asLogged }
    : { ...report, state: 'below-threshold', threshold: minScore, detections: [], asLogged };
}

/** Keys in the order of a report: jsonb has an order of its own. */
function inOrder({
  id,
  class: name,
  score,
  scores,
  attributes,
  box: { x, y, width, height },
}: ReportedBox): ReportedBox {
  return { id, class: name, score, scores, attributes, box: { x, y, width, height } };
}
