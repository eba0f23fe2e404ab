import { type Figure, figureText, shortNumber } from '../measures/measure.js';
import type { EvaluationReport, GroupReport } from '../report/evaluationReport.js';
import { escapeXml, htmlTable } from '../../svg/index.js';

type Column = readonly [title: string, of: (group: GroupReport) => Figure];

/** One section per family of figures, a row per group of films. */
export function figureTables(groups: readonly GroupReport[]): string[] {
  return [
    section('Boxes', groups, averagePrecisionColumns),
    section('True boxes found, by false boxes per film (IoU .4)', groups, frocColumns),
    section('Boxes at the operating point', groups, operatingPointColumns),
    section('Films', groups, filmColumns),
    section('Calibration', groups, calibrationColumns),
    appearanceSection(groups),
  ];
}

const averagePrecisionColumns: readonly Column[] = [
  ['AP .3', ({ boxes }) => boxes.averagePrecision.ap30],
  ['AP .4', ({ boxes }) => boxes.averagePrecision.ap40],
  ['AP .5', ({ boxes }) => boxes.averagePrecision.ap50],
  ['AP .75', ({ boxes }) => boxes.averagePrecision.ap75],
  ['AP .5:.95', ({ boxes }) => boxes.averagePrecision.ap50to95],
  ['VOC 2010 AP .4', ({ boxes }) => boxes.averagePrecision.voc40],
  ['VOC 2010 AP .5', ({ boxes }) => boxes.averagePrecision.voc50],
];

const frocColumns: readonly Column[] = [
  ['1/8', ({ boxes }) => boxes.froc.at0125],
  ['1/4', ({ boxes }) => boxes.froc.at025],
  ['1/2', ({ boxes }) => boxes.froc.at05],
  ['1', ({ boxes }) => boxes.froc.at1],
  ['2', ({ boxes }) => boxes.froc.at2],
  ['4', ({ boxes }) => boxes.froc.at4],
  ['8', ({ boxes }) => boxes.froc.at8],
  ['mean', ({ boxes }) => boxes.froc.mean],
];

const operatingPointColumns: readonly Column[] = [
  ['found (IoU .4)', ({ boxes }) => boxes.operatingPoint.recall40],
  ['right (IoU .4)', ({ boxes }) => boxes.operatingPoint.precision40],
  ['F1 .4', ({ boxes }) => boxes.operatingPoint.f1At40],
  ['F1 .5', ({ boxes }) => boxes.operatingPoint.f1At50],
  ['F1 .75', ({ boxes }) => boxes.operatingPoint.f1At75],
  ['false boxes a film', ({ boxes }) => boxes.operatingPoint.falsePositivesPerFilm],
  ['RSNA 2018', ({ boxes }) => boxes.rsna.rsna],
];

const filmColumns: readonly Column[] = [
  ['ROC AUC', ({ films }) => films.figures.auc],
  ['sensitivity', ({ films }) => films.figures.sensitivity],
  ['specificity', ({ films }) => films.figures.specificity],
  ['positive predictive value', ({ films }) => films.figures.positivePredictiveValue],
  ['negative predictive value', ({ films }) => films.figures.negativePredictiveValue],
  ['accuracy', ({ films }) => films.figures.accuracy],
  ['kappa', ({ films }) => films.figures.kappa],
];

const calibrationColumns: readonly Column[] = [
  ['ECE of boxes', ({ calibration }) => calibration.figures.boxEce],
  ['Brier of boxes', ({ calibration }) => calibration.figures.boxBrier],
  ['ECE of films', ({ calibration }) => calibration.figures.filmEce],
  ['Brier of films', ({ calibration }) => calibration.figures.filmBrier],
];

function section(title: string, groups: readonly GroupReport[], columns: readonly Column[]): string {
  const rows = groups.map((group) => [
    nameOf(group),
    `${group.counts.positives} / ${group.counts.negatives}`,
    ...columns.map(([, of]) => figureText(of(group))),
  ]);
  return heading(title) + wideTable(['films', 'with / without', ...columns.map(([name]) => name)], rows);
}

function appearanceSection(groups: readonly GroupReport[]): string {
  const rows = groups.flatMap((group) => {
    if (group.appearance === null) return [];
    const { figures } = group.appearance;
    const { typicalAuc, indeterminateAuc, atypicalAuc, negativeAuc, studyAp, accuracy, kappa } = figures;
    const shown = [typicalAuc, indeterminateAuc, atypicalAuc, negativeAuc, studyAp, accuracy, kappa];
    return [[nameOf(group), String(typicalAuc.n), ...shown.map(figureText)]];
  });
  if (rows.length === 0) return '';
  const header = [
    'films',
    'of known appearance',
    'AUC typical',
    'AUC indeterminate',
    'AUC atypical',
    'AUC negative',
    'SIIM study-level AP',
    'accuracy',
    'kappa',
  ];
  return heading('Appearance') + wideTable(header, rows);
}

/** How well readers match each other, and how well this network matches the readers of these films. */
export function humanSection({ human, groups: [all] }: EvaluationReport): string {
  if (all === undefined) return '';
  const { f1At40, f1At50, f1At75 } = all.boxes.operatingPoint;
  const ours = { 0.4: f1At40, 0.5: f1At50, 0.75: f1At75 };
  const rows = human.f1.map(({ iou, opacity, merged }) => [
    `box F1 at IoU ${shortNumber(iou)}`,
    `${shortNumber(opacity)} / ${shortNumber(merged)}`,
    figureText(ours[iou]),
  ]);
  const kappa = ['film-level kappa', shortNumber(human.kappa), figureText(all.films.figures.kappa)];
  return [
    heading('How readers agree with each other'),
    `<p>${escapeXml(human.source)}: opacity alone, and merged with consolidation and infiltration. F1 is not AP. `,
    'The labels of these films were adjudicated, which is easier.</p>',
    wideTable(['', 'one reader against another', 'this network'], [...rows, kappa]),
  ].join('');
}

export function heading(title: string): string {
  return `<h2>${escapeXml(title)}</h2>`;
}

/** A table that scrolls by itself on a narrow screen. */
export function wideTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<div class="wide">${htmlTable(header, rows)}</div>`;
}

function nameOf({ kind, name }: GroupReport): string {
  return kind === 'source' ? `– ${name}` : name;
}
