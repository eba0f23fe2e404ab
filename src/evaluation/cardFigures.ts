import { figureText, shortNumber } from './figureText.js';
import type { EvaluationReport, GroupReport } from './report.js';

const open = '<!-- figures -->';
const close = '<!-- /figures -->';

/** The figures of a report as the tables of a model card (Markdown). */
export function cardFigures(report: EvaluationReport): string {
  const { groups, run, bootstrap } = report;
  const [all] = groups;
  if (all === undefined) throw new Error('a report has a group of all films');
  return [
    `Every figure comes out of [\`results.csv\`](results.csv), in a clean clone, too: \`npm run -s cli -- evaluate --results models/${run.model.name}/results.csv --out report\`. The films were run by`,
    '',
    '```sh',
    run.command,
    '```',
    '',
    `In brackets: 95 % intervals from ${bootstrap.resamples} resamples of patients. ${counted(all)}`,
    '',
    table(
      [
        'films',
        'with / without a true box',
        'AP at IoU .4',
        'AP at .5',
        'AP .5:.95',
        'VOC 2010 AP at .5',
        'film-level AUC',
      ],
      groups,
      ({ boxes, films, counts }) => [
        `${counts.positives} / ${counts.negatives}`,
        ...[
          boxes.averagePrecision.ap40,
          boxes.averagePrecision.ap50,
          boxes.averagePrecision.ap50to95,
          boxes.averagePrecision.voc50,
          films.figures.auc,
        ].map(figureText),
      ],
    ),
    '',
    `Share of true boxes found (IoU .4) where so many false boxes a film are allowed (FROC):`,
    '',
    table(['films', '1/8', '1/4', '1/2', '1', '2', '4', '8', 'mean'], groups, ({ boxes: { froc } }) =>
      [froc.at0125, froc.at025, froc.at05, froc.at1, froc.at2, froc.at4, froc.at8, froc.mean].map(figureText),
    ),
    '',
    `At the operating point, ${run.model.threshold}:`,
    '',
    table(
      [
        'films',
        'film sensitivity',
        'film specificity',
        'boxes found (IoU .4)',
        'boxes that are right',
        'false boxes a film',
        'RSNA 2018 metric',
      ],
      groups,
      ({ boxes, films }) =>
        [
          films.figures.sensitivity,
          films.figures.specificity,
          boxes.operatingPoint.recall40,
          boxes.operatingPoint.precision40,
          boxes.operatingPoint.falsePositivesPerFilm,
          boxes.rsna.rsna,
        ].map(figureText),
    ),
    '',
    confusionTable('films', all.films.confusion),
    '',
    classificationTable(all.films.classification),
    '',
    `Are scores probabilities? Error (ECE) and squared error (Brier), of boxes from a score of .05 on (right: IoU .4 or more) and of films, at the prevalence of these films:`,
    '',
    table(
      ['films', 'prevalence', 'ECE of boxes', 'Brier of boxes', 'ECE of films', 'Brier of films'],
      groups,
      ({ counts, calibration: { figures } }) => [
        shortNumber(counts.prevalence),
        ...[figures.boxEce, figures.boxBrier, figures.filmEce, figures.filmBrier].map(figureText),
      ],
    ),
    ...appearanceTables(groups),
    '',
    humanTable(report, all),
    '',
  ].join('\n');
}

/**
 * A card with its figures replaced: what stands between the two marks.
 *
 * @throws Error where the marks are missing
 */
export function withCardFigures(card: string, figures: string): string {
  const [start, end] = marks(card);
  return `${card.slice(0, start)}\n${figures}${card.slice(end)}`;
}

/** The figures that stand on a card. Throws where it has no marks. */
export function figuresOnCard(card: string): string {
  const [start, end] = marks(card);
  return card.slice(start, end).replace(/^\n/, '');
}

function marks(card: string): [start: number, end: number] {
  const start = card.indexOf(open);
  const end = card.indexOf(close);
  if (start < 0 || end < start)
    throw new Error(`the card has no place for figures: a line ${open} and a line ${close} below it`);
  return [start + open.length, end];
}

function counted({ counts }: GroupReport): string {
  const failed = Object.values(counts.notAnalysed).reduce((sum, n) => sum + n, 0);
  const words = `${counts.films} films of ${counts.patients} patients, ${counts.truths} true boxes.`;
  return failed === 0
    ? words
    : `${words} ${failed} of the films were not analysed and count as ones on which nothing was found.`;
}

function table(
  head: readonly string[],
  groups: readonly GroupReport[],
  cells: (group: GroupReport) => readonly string[],
): string {
  return markdown(
    head,
    groups.map((group) => [nameOf(group), ...cells(group)]),
  );
}

function nameOf({ kind, name }: GroupReport): string {
  return kind === 'all' ? 'all' : kind === 'set' ? `\`${name}\`` : `of which \`${name}\``;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A name may hold what would begin another cell.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function confusionTable(what: string, { labels, counts }: GroupReport['films']['confusion']): string {
  return markdown(
    [`${what} (all)`, ...labels.map((label) => `said: ${label}`)],
    labels.map((label, k) => [`truth: ${label}`, ...(counts[k] ?? []).map(String)]),
  );
}

function classificationTable({
  classes,
  accuracy,
  macroAverage,
  weightedAverage,
}: GroupReport['films']['classification']): string {
  const lines = { ...classes, 'macro average': macroAverage, 'weighted average': weightedAverage };
  const rows = Object.entries(lines).map(([name, line]) => [
    name,
    figureText(line.precision),
    figureText(line.recall),
    figureText(line.f1),
    String(line.support),
  ]);
  return markdown(
    ['', 'precision', 'recall', 'F1', 'support'],
    [...rows, ['accuracy', '', '', figureText(accuracy), String(macroAverage.support)]],
  );
}

function appearanceTables(groups: readonly GroupReport[]): string[] {
  // Sources repeat what their set says: the films of known appearance come from one.
  const known = groups.find(({ appearance }) => appearance !== null);
  if (known?.appearance === null || known === undefined) return [];
  const { figures, confusion, classification } = known.appearance;
  return [
    '',
    `Appearance, on the ${figures.typicalAuc.n} films whose category readers have stated:`,
    '',
    markdown(
      ['', 'negative', 'typical', 'indeterminate', 'atypical'],
      [
        [
          'AUC against the rest',
          ...[figures.negativeAuc, figures.typicalAuc, figures.indeterminateAuc, figures.atypicalAuc].map(figureText),
        ],
        [
          'AP, as in the SIIM challenge',
          ...[figures.apNegative, figures.apTypical, figures.apIndeterminate, figures.apAtypical].map(figureText),
        ],
      ],
    ),
    '',
    `AUC is of film score times attribute; of the attribute \`typical\` alone it is ${figureText(figures.typicalAloneAuc)}. Mean of the four APs ${figureText(figures.studyAp)}, accuracy ${figureText(figures.accuracy)}, kappa ${figureText(figures.kappa)}, macro F1 ${figureText(figures.macroF1)}.`,
    '',
    confusionTable('appearance', confusion),
    '',
    classificationTable(classification),
  ];
}

function humanTable({ human, run }: EvaluationReport, { boxes, films }: GroupReport): string {
  const ours = {
    0.4: boxes.operatingPoint.f1At40,
    0.5: boxes.operatingPoint.f1At50,
    0.75: boxes.operatingPoint.f1At75,
  };
  return [
    `The human line: one radiologist held against another (${human.source}; opacity alone / with consolidation and infiltration), and this network at ${run.model.threshold} against these films' readers, whose labels were adjudicated and are easier. F1 is not AP.`,
    '',
    markdown(
      ['', 'one reader against another', `\`${run.model.name}\`, all films`],
      [
        ...human.f1.map(({ iou, opacity, merged }) => [
          `box F1 at IoU ${shortNumber(iou)}`,
          `${shortNumber(opacity)} / ${shortNumber(merged)}`,
          figureText(ours[iou]),
        ]),
        ['film-level kappa', shortNumber(human.kappa), figureText(films.figures.kappa)],
      ],
    ),
  ].join('\n');
}
