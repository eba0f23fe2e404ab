import type { EvaluationReport, GroupReport } from '../report/evaluationReport.js';
import type { EvaluationResults } from '../results/results.js';
import { escapeXml } from '../../svg/index.js';
import { confusionTables } from './confusionTables.js';
import { figureTables, heading, humanSection } from './figureTables.js';
import { type Picture, pictureFigure } from './pictureFigure.js';
import { type Plot, plotFigure } from './plotFigure.js';
import { plots } from './plots.js';
import { type TrainingLog, trainingPlots } from './trainingPlots.js';

export interface PageExtras {
  readonly training: TrainingLog | null;
  /** Null if the page must not show films. */
  readonly pictures: { readonly misses: readonly Picture[]; readonly falsePositives: readonly Picture[] } | null;
}

/** The report as one self-contained HTML page: no script, no other file, no network. */
export function evaluationPage(
  report: EvaluationReport,
  results: EvaluationResults,
  { training, pictures }: PageExtras,
): string {
  const { model } = report.run;
  const title = escapeXml(`${model.name} ${model.version}: evaluation`);
  const parts = [
    `<h1>${title}</h1>`,
    ...provenance(report),
    ...figureTables(report.groups),
    plotSection('Curves', plots(results.films)),
    ...confusionTables(report.groups),
    humanSection(report),
    training === null ? '' : plotSection('Training run', trainingPlots(training)),
    ...pictureSections(pictures),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title><style>${style}</style></head>
<body>
${parts.filter((part) => part !== '').join('\n')}
</body></html>
`;
}

const style = [
  'body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1240px;padding:0 1rem}',
  'body{color:#14181d;background:#fff}',
  'table{border-collapse:collapse;margin:.5rem 0 1.2rem;font-variant-numeric:tabular-nums}',
  'th,td{border:1px solid #cdd4db;padding:.2rem .4rem;font-size:13px;text-align:left;white-space:nowrap}',
  'th{background:#f1f4f7}',
  '.wide{overflow-x:auto}',
  '.plots,.films{display:flex;flex-wrap:wrap;gap:1rem}',
  '.plots figure{width:360px;margin:0}.films figure{width:270px;margin:0}',
  'figcaption{font-weight:600;font-size:14px}.films figcaption{font-weight:400;font-size:12px;overflow-wrap:anywhere}',
  'svg{width:100%;height:auto;display:block}.films svg{background:#000}',
  '.legend{font-size:12px;margin:.2rem 0}.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}',
  '.small{font-size:12px;color:#4a5560;overflow-wrap:anywhere}',
  'pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f1f4f7;padding:.6rem}',
].join('\n');

function provenance({ run, groups: [all], bootstrap }: EvaluationReport): string[] {
  const { model, split, createdAt, command, provider } = run;
  const facts = [
    ...(all === undefined ? [] : [counted(all)]),
    ...(split === null ? [] : [`Split: ${split}.`]),
    `Run ${createdAt} on ${provider}; operating point ${model.threshold};`,
    `scores ${model.calibrated ? 'calibrated' : 'not calibrated'}.`,
    `In brackets: 95 % intervals, ${bootstrap.resamples} resamples of patients.`,
  ];
  return [
    `<p><strong>Research use only. Not for diagnosis.</strong> ${escapeXml(facts.join(' '))}</p>`,
    `<pre>${escapeXml(command)}</pre>`,
    `<p class="small">spec ${escapeXml(model.specSha256)}<br>onnx ${escapeXml(model.onnxSha256)}</p>`,
  ];
}

function counted({ counts }: GroupReport): string {
  const { films, patients, positives, truths, negatives, notAnalysed } = counts;
  const failed = Object.entries(notAnalysed).map(([code, n]) => `${n} ${code}`);
  const words = `${films} films of ${patients} patients: ${positives} with ${truths} true boxes, ${negatives} without.`;
  return failed.length === 0
    ? words
    : `${words} Not analysed, and counted as films without any box: ${failed.join(', ')}.`;
}

function plotSection(title: string, drawn: readonly Plot[]): string {
  return `${heading(title)}<div class="plots">${drawn.map(plotFigure).join('')}</div>`;
}

function pictureSections(pictures: PageExtras['pictures']): string[] {
  if (pictures === null) return [];
  const section = (title: string, words: string, shown: readonly Picture[]): string => {
    const films = shown.length === 0 ? '<p>None.</p>' : `<div class="films">${shown.map(pictureFigure).join('')}</div>`;
    return `${heading(title)}<p>${escapeXml(words)}</p>${films}`;
  };
  return [
    section(
      'Worst misses',
      'True boxes: green, dashed on white. Detections at or above the operating point: orange.',
      pictures.misses,
    ),
    section(
      'Worst false positives',
      'Highest scores of boxes that meet no true box at IoU .4.',
      pictures.falsePositives,
    ),
  ];
}
