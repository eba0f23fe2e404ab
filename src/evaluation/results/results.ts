/**
 * What a model said about annotated films: everything that figures are computed from, and nothing that shows a film.
 * `results.csv` holds exactly this.
 */
export interface EvaluationResults {
  readonly run: EvaluationRun;
  readonly films: readonly FilmResult[];
}

/** Which network ran, how, and over what. */
export interface EvaluationRun {
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
    /** Operating point, on the calibrated score. */
    readonly threshold: number;
    readonly calibrated: boolean;
    readonly lesions: readonly string[];
    readonly attributes: readonly string[];
  };
  /** Left out of the results: boxes with a raw score below the floor, and boxes of a film beyond the maximum. */
  readonly kept: { readonly floor: number; readonly maximumPerFilm: number };
  readonly provider: string;
  readonly split: string | null;
  readonly command: string;
  /** When the films were run, RFC 3339. */
  readonly createdAt: string;
}

/**
 * Categories of the RSNA consensus statement on chest CT findings of COVID-19, as SIIM-FISABIO-RSNA used them on
 * films.
 */
export const appearances = ['negative', 'typical', 'indeterminate', 'atypical'] as const;
export type Appearance = (typeof appearances)[number];

export interface FilmResult {
  /** Hash of the file; empty if it could not be read. */
  readonly sha256: string;
  /** Which of this run's sets. */
  readonly set: string;
  /** Where the film came from, according to the set. */
  readonly source: string;
  /** A number within these results, not the patient's identifier: films of one patient are resampled together. */
  readonly patient: number;
  /** `analysed`, or the code of why it was not. A film that was not analysed counts as one without any box. */
  readonly state: string;
  readonly appearance: Appearance | null;
  /** Class of every true box, in the order to which `overlaps` refers. */
  readonly truths: readonly string[];
  readonly filmScore: number;
  /** Of the best box; null if there is none. */
  readonly attributes: Readonly<Record<string, number>> | null;
  /** Best first. */
  readonly boxes: readonly BoxResult[];
}

export interface BoxResult {
  readonly class: string;
  readonly score: number;
  /** IoU ≥ 0.05 with true boxes of its class, truncated to 6 decimals; ascending by truth. */
  readonly overlaps: readonly Overlap[];
}

export interface Overlap {
  /** Index into the truths of the film. */
  readonly truth: number;
  readonly iou: number;
}
