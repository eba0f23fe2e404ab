import type { ImageBox } from './boxes.js';

/** One box that NMS kept. Scores are calibrated and rounded to 6 decimals, the box (not clipped) to 2. */
export interface Candidate {
  /** Index into the classes of the ModelSpec. */
  readonly classIndex: number;
  readonly class: string;
  readonly score: number;
  /** Score of every lesion class for this box, by class name. */
  readonly scores: Readonly<Record<string, number>>;
  /** Probability of every attribute class given that there is an object, by class name. */
  readonly attributes: Readonly<Record<string, number>>;
  readonly box: ImageBox;
}

/** What a network finds on one film: everything that a report is made from, before any threshold. */
export interface Detection {
  /** Highest calibrated score over all lesion classes and all anchors, before floor, threshold and NMS. */
  readonly filmScore: number;
  /** In the order of reports: score (best first), class index, x, y, width, height. */
  readonly candidates: readonly Candidate[];
}
