import type { Confusion } from '../measures/confusion.js';
import { type Figure, figureText, shortNumber } from '../measures/measure.js';

import type { EvaluationReport, GroupReport } from '../report/evaluationReport.js';
import type { EvaluationResults } from '../results/results.js';
import { escapeHtml } from './escapeHtml.js';
import { type Picture, pictureFigure } from './pictureFigure.js';
import { plots } from './plots.js';
import { svgPlot } from './svgPlot.js';
import { type TrainingLog, trainingPlots } from './trainingPlots.js';

export interface PageExtras {
  readonly training: TrainingLog | null;
  /** Null where the page must not show films. */
  readonly pictures: { readonly misses: readonly Picture[]; readonly falsePositives: readonly Picture[] } | null;
}

/** The report as one HTML page that needs nothing else: no script, no other file, no network. */
export function evaluationPage(
  report: EvaluationReport,
  results: EvaluationResults,
  { training, pictures }: PageExtras,
): string {
  const { model, split, createdAt, command, provider } = report.run;
  const title = `${model.name} ${model.version}: evaluation`;
  const parts = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><strong>Research use only. Not for diagnosis.</strong> ${report.groups[0] === undefined ? '' : counted(report.groups[0])}${split === null ? '' : ` Split: ${escapeHtml(split)}.`} Run ${escapeHtml(createdAt)} on ${escapeHtml(provider)}; operating point ${model.threshold}; scores ${model.calibrated ? 'calibrated' : 'not calibrated'}. In brackets: 95 % intervals, ${report.bootstrap.resamples} resamples of patients.</p>`,
    `<pre>${escapeHtml(command)}</pre>`,
    `<p class="small">spec ${model.specSha256}<br>onnx ${model.onnxSha256}</p>`,
    ...figureTables(report.groups),
    `<h2>Curves</h2><div class="plots">${plots(results.films).map(svgPlot).join('')}</div>`,
    ...confusions(report.groups),
    humanSection(report),
    training === null
      ? ''
      : `<h2>Training run</h2><div class="plots">${trainingPlots(training).map(svgPlot).join('')}</div>`,
    ...(pictures === null
      ? []
      : [
          pictureSection(
            'Worst misses',
            'True boxes: green, dashed on white. Detections at or above the operating point: orange.',
            pictures.misses,
          ),
          pictureSection(
            'Worst false positives',
            'Highest scores of boxes that meet no true box at IoU .4.',
            pictures.falsePositives,
          ),
        ]),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
${parts.filter((part) => part !== '').join('\n')}
</body></html>
`;
}

const style = `body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1240px;padding:0 1rem;color:#14181d;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.2rem;font-variant-numeric:tabular-nums}th,td{border:1px solid #cdd4db;padding:.2rem .4rem;font-size:13px;text-align:left;white-space:nowrap}th{background:#f1f4f7}
.wide{overflow-x:auto}.plots,.films{display:flex;flex-wrap:wrap;gap:1rem}.plots figure{width:360px;margin:0}.films figure{width:270px;margin:0}
figcaption{font-weight:600;font-size:14px}.films figcaption{font-weight:400;font-size:12px;overflow-wrap:anywhere}svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:#14181d}.films svg{background:#000}
.grid{stroke:#dde3e8;fill:none}.legend{font-size:12px;margin:.2rem 0}.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}.small{font-size:12px;color:#4a5560;overflow-wrap:anywhere}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f1f4f7;padding:.6rem}`;

function counted({ counts }: GroupReport): string {
  const failed = Object.entries(counts.notAnalysed).map(([code, n]) => `${n} ${code}`);
  const words = `${counts.films} films of ${counts.patients} patients: ${counts.positives} with ${counts.truths} true boxes, ${counts.negatives} without.`;
  return failed.length === 0
    ? words
    : `${words} Not analysed, and counted as films on which nothing was found: ${escapeHtml(failed.join(', '))}.`;
}

type Column = readonly [title: string, of: (group: GroupReport) => Figure];

function figureTables(groups: readonly GroupReport[]): string[] {
  const ap = (name: keyof GroupReport['boxes']['averagePrecision']) => (group: GroupReport) =>
    group.boxes.averagePrecision[name];
  const froc = (name: keyof GroupReport['boxes']['froc']) => (group: GroupReport) => group.boxes.froc[name];
  const point = (name: keyof GroupReport['boxes']['operatingPoint']) => (group: GroupReport) =>
    group.boxes.operatingPoint[name];
  const film = (name: keyof GroupReport['films']['figures']) => (group: GroupReport) => group.films.figures[name];
  const error = (name: keyof GroupReport['calibration']['figures']) => (group: GroupReport) =>
    group.calibration.figures[name];
  return [
    section('Boxes', groups, [
      ['AP .3', ap('ap30')],
      ['AP .4', ap('ap40')],
      ['AP .5', ap('ap50')],
      ['AP .75', ap('ap75')],
      ['AP .5:.95', ap('ap50to95')],
      ['VOC 2010 AP .4', ap('voc40')],
      ['VOC 2010 AP .5', ap('voc50')],
    ]),
    section('True boxes found at so many false boxes a film (IoU .4)', groups, [
      ['1/8', froc('at0125')],
      ['1/4', froc('at025')],
      ['1/2', froc('at05')],
      ['1', froc('at1')],
      ['2', froc('at2')],
      ['4', froc('at4')],
      ['8', froc('at8')],
      ['mean', froc('mean')],
    ]),
    section('Boxes at the operating point', groups, [
      ['found (IoU .4)', point('recall40')],
      ['right (IoU .4)', point('precision40')],
      ['F1 .4', point('f1At40')],
      ['F1 .5', point('f1At50')],
      ['F1 .75', point('f1At75')],
      ['false boxes a film', point('falsePositivesPerFilm')],
      ['RSNA 2018', (group) => group.boxes.rsna.rsna],
    ]),
    section('Films', groups, [
      ['ROC AUC', film('auc')],
      ['sensitivity', film('sensitivity')],
      ['specificity', film('specificity')],
      ['positive predictive value', film('positivePredictiveValue')],
      ['negative predictive value', film('negativePredictiveValue')],
      ['accuracy', film('accuracy')],
      ['kappa', film('kappa')],
    ]),
    section('Calibration', groups, [
      ['ECE of boxes', error('boxEce')],
      ['Brier of boxes', error('boxBrier')],
      ['ECE of films', error('filmEce')],
      ['Brier of films', error('filmBrier')],
    ]),
    appearanceSection(groups),
  ];
}

function section(title: string, groups: readonly GroupReport[], columns: readonly Column[]): string {
  const rows = groups.map((group) => [
    nameOf(group),
    `${group.counts.positives} / ${group.counts.negatives}`,
    ...columns.map(([, of]) => figureText(of(group))),
  ]);
  return `<h2>${escapeHtml(title)}</h2>${table(['films', 'with / without', ...columns.map(([name]) => name)], rows)}`;
}

function appearanceSection(groups: readonly GroupReport[]): string {
  const rows = groups.flatMap((group) => {
    if (group.appearance === null) return [];
    const { figures } = group.appearance;
    return [
      [
        nameOf(group),
        String(figures.typicalAuc.n),
        ...[
          figures.typicalAuc,
          figures.indeterminateAuc,
          figures.atypicalAuc,
          figures.negativeAuc,
          figures.studyAp,
          figures.accuracy,
          figures.kappa,
        ].map(figureText),
      ],
    ];
  });
  if (rows.length === 0) return '';
  return `<h2>Appearance</h2>${table(['films', 'of known appearance', 'AUC typical', 'AUC indeterminate', 'AUC atypical', 'AUC negative', 'SIIM study-level AP', 'accuracy', 'kappa'], rows)}`;
}

function confusions(groups: readonly GroupReport[]): string[] {
  const report = ({
    classes,
    accuracy,
    macroAverage,
    weightedAverage,
  }: GroupReport['films']['classification']): string =>
    table(
      ['', 'precision', 'recall', 'F1', 'support'],
      [
        ...Object.entries({ ...classes, 'macro average': macroAverage, 'weighted average': weightedAverage }).map(
          ([name, line]) => [
            name,
            figureText(line.precision),
            figureText(line.recall),
            figureText(line.f1),
            String(line.support),
          ],
        ),
        ['accuracy', '', '', figureText(accuracy), String(macroAverage.support)],
      ],
    );
  const title = (what: string, { kind, name }: GroupReport): string =>
    `<h2>${what} at the operating point${kind === 'all' ? '' : `: ${escapeHtml(name)}`}</h2>`;
  const films = groups.map(
    (group) => `${title('Films', group)}${confusionTable(group.films.confusion)}${report(group.films.classification)}`,
  );
  const appearances = groups.map((group) =>
    group.appearance === null
      ? ''
      : `${title('Appearance', group)}${confusionTable(group.appearance.confusion)}${report(group.appearance.classification)}`,
  );
  return [...films, ...appearances];
}

function confusionTable({ labels, counts }: Confusion): string {
  return table(
    ['truth \\ said', ...labels],
    labels.map((label, k) => [label, ...(counts[k] ?? []).map(String)]),
  );
}

function humanSection({ human, groups: [all] }: EvaluationReport): string {
  if (all === undefined) return '';
  const { f1At40, f1At50, f1At75 } = all.boxes.operatingPoint;
  const ours = { 0.4: f1At40, 0.5: f1At50, 0.75: f1At75 };
  const rows = human.f1.map(({ iou, opacity, merged }) => [
    `box F1 at IoU ${shortNumber(iou)}`,
    `${shortNumber(opacity)} / ${shortNumber(merged)}`,
    figureText(ours[iou]),
  ]);
  return `<h2>The human line</h2><p>${escapeHtml(human.source)}: opacity alone, and taken together with consolidation and infiltration. F1 is not AP. The readers of these films worked to an adjudicated truth, which is easier.</p>${table(['', 'one reader against another', 'this network'], [...rows, ['film-level kappa', shortNumber(human.kappa), figureText(all.films.figures.kappa)]])}`;
}

function pictureSection(title: string, words: string, pictures: readonly Picture[]): string {
  return `<h2>${title}</h2><p>${words}</p>${pictures.length === 0 ? '<p>None.</p>' : `<div class="films">${pictures.map(pictureFigure).join('')}</div>`}`;
}

function nameOf({ kind, name }: GroupReport): string {
  return kind === 'source' ? `– ${name}` : name;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table>${cells(head, 'th')}${rows.map((row) => cells(row, 'td')).join('')}</table></div>`;
}
