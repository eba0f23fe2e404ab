export type * from './results/results.js';
export { boxResults, type ClassedBox } from './results/boxResults.js';
export { ResultsError } from './results/cells.js';
export { parseResults } from './results/parseResults.js';
export { resultsCsv } from './results/writeResults.js';
export { type BootstrapOptions, defaultBootstrap } from './measures/bootstrap.js';
export { compare, type ComparedName, type Comparison, type GroupComparison } from './measures/compare.js';
export {
  explain,
  type Explanation,
  type FaultName,
  faults,
  type GroupExplanation,
  type LimitExplanation,
} from './measures/explain.js';
export { type Figure, type Figures, figureText, type Measure, shortNumber } from './measures/measure.js';
export { ComparisonError } from './measures/pairFilms.js';
export { type WorstFilms, worstFilms } from './measures/worstFilms.js';
export { CalibrationError, fitCalibration } from './fit/fitCalibration.js';
export {
  type OperatingGoal,
  type OperatingPoint,
  operatingPoint,
  OperatingPointError,
  shortestBetween,
} from './fit/operatingPoint.js';
export { recommend, type Recommendation, type RecommendationChoices } from './fit/recommend.js';
export { evaluate } from './report/evaluate.js';
export type { EvaluationReport, GroupReport } from './report/evaluationReport.js';
export { cardFigures } from './report/cardFigures.js';
export { figuresOnCard, withCardFigures } from './report/figuresOnCard.js';
export { evaluationPage, type PageExtras } from './page/evaluationPage.js';
export type { Picture } from './page/pictureFigure.js';
export { type TrainingLog, trainingPlots } from './page/trainingPlots.js';
