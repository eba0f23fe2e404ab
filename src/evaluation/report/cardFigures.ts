import { figureText, shortNumber } from '../measures/measure.js';
import { appearanceTable, classificationTable, confusionTable, groupTable, humanTable } from './cardTables.js';
import type { EvaluationReport, GroupReport } from './evaluationReport.js';

/** The figures of a report as the tables of a model card (Markdown). */
export function cardFigures(report: EvaluationReport): string {
  const { groups, run } = report;
  const [all] = groups;
  if (all === undefined) throw new Error('a report has a group of all films');
  return [
    ...provenance(report, all),
    ...boxTables(groups),
    `At the operating point, ${run.model.threshold}:`,
    operatingPointTable(groups),
    confusionTable('films', all.films.confusion),
    classificationTable(all.films.classification),
    'Are scores probabilities? Calibration error (ECE) and squared error (Brier) of boxes that score .05 or more ' +
      '(right: IoU .4 or more) and of films, at the prevalence of these films:',
    calibrationTable(groups),
    ...appearanceTables(groups),
    `How well radiologists agree (${report.human.source}; opacity alone / merged with consolidation and ` +
      `infiltration), and how well this network at ${run.model.threshold} agrees with the readers of these films. ` +
      'Their labels were adjudicated, which is easier. F1 is not AP.',
    humanTable(report, all),
    '',
  ]
    .join('\n\n')
    .replace(/\n$/, '');
}

function provenance({ run, bootstrap }: EvaluationReport, all: GroupReport): string[] {
  const command = `npm run -s cli -- evaluate --results models/${run.model.name}/results.csv --out report`;
  return [
    `Every figure is computed from [\`results.csv\`](results.csv), in a clean clone too: \`${command}\`. ` +
      'The films were run with',
    `\`\`\`sh\n${run.command}\n\`\`\``,
    `In brackets: 95 % intervals from ${bootstrap.resamples} resamples of patients. ${counted(all)}`,
  ];
}

function counted({ counts }: GroupReport): string {
  const failed = Object.values(counts.notAnalysed).reduce((sum, n) => sum + n, 0);
  const words = `${counts.films} films of ${counts.patients} patients, ${counts.truths} true boxes.`;
  return failed === 0 ? words : `${words} ${failed} of the films were not analysed and count as films without any box.`;
}

function boxTables(groups: readonly GroupReport[]): string[] {
  return [
    groupTable(
      ['with / without a true box', 'AP at IoU .4', 'AP at .5', 'AP .5:.95', 'VOC 2010 AP at .5', 'film-level AUC'],
      groups,
      ({ boxes: { averagePrecision: ap }, films, counts }) => [
        `${counts.positives} / ${counts.negatives}`,
        ...[ap.ap40, ap.ap50, ap.ap50to95, ap.voc50, films.figures.auc].map(figureText),
      ],
    ),
    'Share of true boxes found (IoU .4) at this many false boxes per film (FROC):',
    groupTable(['1/8', '1/4', '1/2', '1', '2', '4', '8', 'mean'], groups, ({ boxes: { froc } }) =>
      [froc.at0125, froc.at025, froc.at05, froc.at1, froc.at2, froc.at4, froc.at8, froc.mean].map(figureText),
    ),
  ];
}

function operatingPointTable(groups: readonly GroupReport[]): string {
  return groupTable(
    [
      'film sensitivity',
      'film specificity',
      'true boxes found (IoU .4)',
      'boxes that are right',
      'false boxes a film',
      'RSNA 2018 metric',
    ],
    groups,
    ({ boxes: { operatingPoint, rsna }, films: { figures } }) =>
      [
        figures.sensitivity,
        figures.specificity,
        operatingPoint.recall40,
        operatingPoint.precision40,
        operatingPoint.falsePositivesPerFilm,
        rsna.rsna,
      ].map(figureText),
  );
}

function calibrationTable(groups: readonly GroupReport[]): string {
  return groupTable(
    ['prevalence', 'ECE of boxes', 'Brier of boxes', 'ECE of films', 'Brier of films'],
    groups,
    ({ counts, calibration: { figures } }) => [
      shortNumber(counts.prevalence),
      ...[figures.boxEce, figures.boxBrier, figures.filmEce, figures.filmBrier].map(figureText),
    ],
  );
}

/** Only of the first group that has it: films of known appearance come from one set, whose sources would repeat it. */
function appearanceTables(groups: readonly GroupReport[]): string[] {
  const appearance = groups.find((group) => group.appearance !== null)?.appearance ?? null;
  if (appearance === null) return [];
  const { figures, confusion, classification } = appearance;
  const alone = figureText(figures.typicalAloneAuc);
  return [
    `Appearance, on the ${figures.typicalAuc.n} films whose category the readers stated:`,
    appearanceTable(appearance),
    `AUC ranks films by film score × attribute; by the attribute \`typical\` alone it is ${alone}. ` +
      `Mean of the four APs ${figureText(figures.studyAp)}, accuracy ${figureText(figures.accuracy)}, ` +
      `kappa ${figureText(figures.kappa)}, macro F1 ${figureText(figures.macroF1)}.`,
    confusionTable('appearance', confusion),
    classificationTable(classification),
  ];
}
