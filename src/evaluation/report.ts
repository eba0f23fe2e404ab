import type { AppearanceName } from './appearance.js';
import type { AveragePrecisionName } from './averagePrecision.js';
import type { BoxCountName } from './boxCounts.js';
import type { CalibrationName, ReliabilityBin } from './calibration.js';
import type { ClassificationFigures } from './classificationFigures.js';
import type { Confusion } from './confusion.js';
import type { FilmFigureName } from './filmFigures.js';
import type { FrocName } from './froc.js';
import type { HumanLine } from './humanLine.js';
import type { Figures } from './measure.js';
import type { EvaluationRun } from './results.js';

/** `report.json`: every figure of one evaluation. It follows from results.csv alone, so it comes out the same in a clean clone. */
export interface EvaluationReport {
  readonly schemaVersion: 1;
  readonly run: EvaluationRun;
  readonly bootstrap: {
    readonly unit: 'patient';
    readonly level: 0.95;
    readonly resamples: number;
    readonly seed: number;
  };
  /** All films first, then each set and each source where there are several. */
  readonly groups: readonly GroupReport[];
  readonly human: HumanLine;
}

export interface GroupReport {
  readonly kind: 'all' | 'set' | 'source';
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
  /** Null where the network has no such attributes, or no film has a known appearance. */
  readonly appearance: {
    readonly figures: Figures<AppearanceName>;
    readonly confusion: Confusion;
    readonly classification: ClassificationFigures;
  } | null;
}

export interface GroupCounts {
  readonly films: number;
  readonly patients: number;
  /** With a true box, and without. */
  readonly positives: number;
  readonly negatives: number;
  /** Share of films with a true box. */
  readonly prevalence: number;
  readonly truths: number;
  readonly detections: number;
  /** Films that count as ones on which nothing was found, by reason. */
  readonly notAnalysed: Readonly<Record<string, number>>;
}
