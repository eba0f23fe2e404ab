import type { Statistics, Tally } from '../api/index.js';
import { element } from '../dom/element.js';
import { reasonTitle, scoreText } from '../report/stateWords.js';

/** The numbers behind the charts; none if there are no films. */
export function statisticsTables({ total, days, models, submitters, reasons }: Statistics): HTMLElement[] {
  if (filmsIn(total) === 0) return [];
  return [
    table('All', '', [['All films', total]]),
    table(
      'By model',
      'Model',
      models.map((row) => [`${row.name} ${row.version}`, row]),
    ),
    table(
      'By sender',
      'Sent by',
      submitters.map((row) => [row.name, row]),
    ),
    reasonTable(reasons),
    element(
      'details',
      {},
      element('summary', {}, `By day (${days.length} with films)`),
      table(
        'By day',
        'Day (UTC)',
        days.toReversed().map((row) => [row.day, row]),
      ),
    ),
  ];
}

export function filmsIn({ findings, belowThreshold, notAnalysed }: Tally): number {
  return findings + belowThreshold + notAnalysed;
}

const head = ['Films', 'Findings', 'No box', 'Not analysed', 'Answer p50', 'Answer p95', 'Median score'] as const;

function table(title: string, first: string, rows: readonly (readonly [string, Tally])[]): HTMLElement {
  return element(
    'div',
    // On a narrow screen, keys can scroll it, too.
    { class: 'table-scroll', role: 'region', tabindex: 0, 'aria-label': title },
    element(
      'table',
      { class: 'tally' },
      element('caption', {}, title),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, first === '' ? element('span', { class: 'only-read' }, 'Which') : first),
          ...head.map((name) => element('th', { scope: 'col', class: 'number' }, name)),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map(([name, tally]) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, name),
            ...cells(tally).map((text) => element('td', { class: 'number' }, text)),
          ),
        ),
      ),
    ),
  );
}

function cells(tally: Tally): string[] {
  const { findings, belowThreshold, notAnalysed, latencyMs, scoreDeciles } = tally;
  const median = scoreDeciles?.[4];
  return [
    ...[filmsIn(tally), findings, belowThreshold, notAnalysed].map(String),
    latencyMs === null ? '–' : `${Math.round(latencyMs.p50)} ms`,
    latencyMs === null ? '–' : `${Math.round(latencyMs.p95)} ms`,
    median === undefined ? '–' : scoreText(median),
  ];
}

function reasonTable(reasons: Statistics['reasons']): HTMLElement {
  if (reasons.length === 0) return element('p', { class: 'muted' }, 'Every film in this period was analysed.');
  return element(
    'table',
    { class: 'tally narrow' },
    element('caption', {}, 'Why films were not analysed'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Reason'),
        element('th', { scope: 'col', class: 'number' }, 'Films'),
      ),
    ),
    element(
      'tbody',
      {},
      ...reasons.map(({ code, films }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, reasonTitle(code)),
          element('td', { class: 'number' }, films),
        ),
      ),
    ),
  );
}
