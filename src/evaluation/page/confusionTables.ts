import type { Confusion } from '../measures/confusion.js';
import { figureText } from '../measures/measure.js';
import type { GroupReport } from '../report/evaluationReport.js';
import { heading, wideTable } from './figureTables.js';

/** Confusion matrix and classification report of each group: of its films, then of their appearance. */
export function confusionTables(groups: readonly GroupReport[]): string[] {
  const section = (
    what: string,
    { kind, name }: GroupReport,
    { confusion, classification }: Pick<GroupReport['films'], 'confusion' | 'classification'>,
  ): string =>
    heading(`${what} at the operating point${kind === 'all' ? '' : `: ${name}`}`) +
    confusionTable(confusion) +
    classificationTable(classification);
  return [
    ...groups.map((group) => section('Films', group, group.films)),
    ...groups.map((group) => (group.appearance === null ? '' : section('Appearance', group, group.appearance))),
  ];
}

function confusionTable({ labels, counts }: Confusion): string {
  return wideTable(
    ['truth ↓, network →', ...labels],
    labels.map((label, k) => [label, ...(counts[k] ?? []).map(String)]),
  );
}

function classificationTable({
  classes,
  accuracy,
  macroAverage,
  weightedAverage,
}: GroupReport['films']['classification']): string {
  const lines = { ...classes, 'macro average': macroAverage, 'weighted average': weightedAverage };
  const rows = Object.entries(lines).map(([name, { precision, recall, f1, support }]) => [
    name,
    ...[precision, recall, f1].map(figureText),
    String(support),
  ]);
  return wideTable(
    ['', 'precision', 'recall', 'F1', 'support'],
    [...rows, ['accuracy', '', '', figureText(accuracy), String(macroAverage.support)]],
  );
}
