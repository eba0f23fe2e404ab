import { figureText, shortNumber } from '../measures/measure.js';
import type { EvaluationReport, GroupReport } from './evaluationReport.js';

/** A Markdown table with a row per group of films. */
export function groupTable(
  head: readonly string[],
  groups: readonly GroupReport[],
  cells: (group: GroupReport) => readonly string[],
): string {
  return markdown(
    ['films', ...head],
    groups.map((group) => [nameOf(group), ...cells(group)]),
  );
}

function nameOf({ kind, name }: GroupReport): string {
  return kind === 'all' ? 'all' : kind === 'set' ? `\`${name}\`` : `of which \`${name}\``;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A bar in a name would start another cell.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function confusionTable(what: string, { labels, counts }: GroupReport['films']['confusion']): string {
  return markdown(
    [`${what} (all)`, ...labels.map((label) => `said: ${label}`)],
    labels.map((label, k) => [`truth: ${label}`, ...(counts[k] ?? []).map(String)]),
  );
}

export function classificationTable({
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

export function appearanceTable({ figures }: NonNullable<GroupReport['appearance']>): string {
  const { negativeAuc, typicalAuc, indeterminateAuc, atypicalAuc } = figures;
  const { apNegative, apTypical, apIndeterminate, apAtypical } = figures;
  return markdown(
    ['', 'negative', 'typical', 'indeterminate', 'atypical'],
    [
      ['AUC against the rest', ...[negativeAuc, typicalAuc, indeterminateAuc, atypicalAuc].map(figureText)],
      ['AP, as in the SIIM challenge', ...[apNegative, apTypical, apIndeterminate, apAtypical].map(figureText)],
    ],
  );
}

export function humanTable({ human, run }: EvaluationReport, { boxes, films }: GroupReport): string {
  const { f1At40, f1At50, f1At75 } = boxes.operatingPoint;
  const ours = { 0.4: f1At40, 0.5: f1At50, 0.75: f1At75 };
  return markdown(
    ['', 'one reader against another', `\`${run.model.name}\`, all films`],
    [
      ...human.f1.map(({ iou, opacity, merged }) => [
        `box F1 at IoU ${shortNumber(iou)}`,
        `${shortNumber(opacity)} / ${shortNumber(merged)}`,
        figureText(ours[iou]),
      ]),
      ['film-level kappa', shortNumber(human.kappa), figureText(films.figures.kappa)],
    ],
  );
}
