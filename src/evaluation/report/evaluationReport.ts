import type { AppearanceName } from '../measures/appearance.js';
import type { AveragePrecisionName } from '../measures/averagePrecision.js';
import type { BoxCountName } from '../measures/boxCounts.js';
import type { CalibrationName, ReliabilityBin } from '../measures/calibration.js';
import type { ClassificationFigures } from '../measures/classificationFigures.js';
import type { Confusion } from '../measures/confusion.js';
import type { FilmFigureName } from '../measures/filmFigures.js';
import type { FrocName } from '../measures/froc.js';
import type { FilmGroup } from '../measures/groups.js';
import type { Figures } from '../measures/measure.js';
import type { EvaluationRun } from '../results/results.js';

/**
 * `report.json`: every figure of one evaluation. It follows from results.csv alone, so a clean clone computes the
 * same.
 */
export interface EvaluationReport {
  readonly schemaVersion: 1;
  readonly run: EvaluationRun;
  readonly bootstrap: {
    readonly unit: 'patient';
    readonly level: 0.95;
    readonly resamples: number;
    readonly seed: number;
  };
  /** All films first, then each set and each source if there are several. */
  readonly groups: readonly GroupReport[];
  readonly human: HumanLine;
}

export interface GroupReport {
  readonly kind: FilmGroup['kind'];
  readonly name: string;
  readonly counts: GroupCounts;
  readonly boxes: {
    readonly averagePrecision: Figures<AveragePrecisionName>;
    readonly froc: Figures<FrocName>;
    readonly rsna: Figures<'rsna'>;
    readonly operatingPoint: Figures<BoxCountName>;
  };
  readonly films: {
    readonly figures: Figures<FilmFigureName>;
    readonly confusion: Confusion;
    readonly classification: ClassificationFigures;
  };
  readonly calibration: {
    readonly figures: Figures<CalibrationName>;
    readonly boxes: readonly ReliabilityBin[];
    readonly films: readonly ReliabilityBin[];
  };
  /** Null if the network has no such attributes, or no film has a known appearance. */
  readonly appearance: {
    readonly figures: Figures<AppearanceName>;
    readonly confusion: Confusion;
    readonly classification: ClassificationFigures;
  } | null;
}

export interface GroupCounts {
  readonly films: number;
  readonly patients: number;
  /** Films with a true box, and without. */
  readonly positives: number;
  readonly negatives: number;
  /** Share of films with a true box. */
  readonly prevalence: number;
  readonly truths: number;
  readonly detections: number;
  /** Films that were not analysed and count as films without any box, by reason. */
  readonly notAnalysed: Readonly<Record<string, number>>;
}

/** How well one radiologist's boxes match another's, in the measures that the detector gets. */
export interface HumanLine {
  readonly source: string;
  readonly films: number;
  readonly kappa: number;
  /** Box F1 for `opacity` alone, and with opacity, consolidation and infiltration taken as one. */
  readonly f1: readonly { readonly iou: 0.4 | 0.5 | 0.75; readonly opacity: number; readonly merged: number }[];
}

/**
 * VinDr-CXR (Nguyen et al. 2022, Scientific Data 9:429), training part: 15,000 films read by three radiologists each,
 * one reader against another, computed from the public label files. F1 is not AP. The labels of RSNA and SIIM were
 * adjudicated and are easier.
 */
export const humanLine: HumanLine = {
  source: 'VinDr-CXR, 15,000 films, three readers each, one reader against another',
  films: 15_000,
  kappa: 0.41,
  f1: [
    { iou: 0.4, opacity: 0.25, merged: 0.36 },
    { iou: 0.5, opacity: 0.22, merged: 0.31 },
    { iou: 0.75, opacity: 0.08, merged: 0.12 },
  ],
};
