import type { Statistics, StatisticsQuery, Tally } from '../api/index.js';
import { element } from '../dom/element.js';
import { reasonTitle, scoreText } from '../report/stateWords.js';
import { dayOf, earliestDay, instantOf } from '../ui/dates.js';
import type { PageContext } from '../app/page.js';
import { choice, field } from '../ui/field.js';
import { faultText, isGivenUp } from '../ui/form.js';

const plots = [
  ['volume', 'Films a day'],
  ['states', 'Share of the three states'],
  ['latency', 'Time from upload to answer'],
  ['scores', 'Film scores'],
] as const;

/** How many films, in which states, how fast, and how their scores lie: tables first, drawings after. */
export function statisticsSection({ api, models }: PageContext): {
  readonly node: HTMLElement;
  readonly close: () => void;
} {
  let loading = new AbortController();
  const from = field('From', { type: 'date', min: earliestDay });
  const to = field('To', { type: 'date', min: earliestDay });
  const model = choice('Model', [['', 'all']]);
  const submitter = field('Sent by', { maxlength: 128, autocomplete: 'off', placeholder: 'anybody' });
  const status = element('p', { role: 'status' });
  const tables = element('div', {});
  const drawings = element('div', { class: 'plots' });
  const form = element(
    'form',
    {
      class: 'in-row',
      'aria-label': 'Which films',
      on: {
        submit: (event) => {
          event.preventDefault();
          void load();
        },
        change: () => {
          if (form.checkValidity()) void load();
        },
      },
    },
    from.row,
    to.row,
    model.row,
    submitter.row,
    element('button', { type: 'submit', class: 'hidden-submit', tabindex: -1, 'aria-hidden': 'true' }, 'Show'),
  );
  void models.all().then(
    (list) => {
      for (const { name } of list) model.select.append(element('option', { value: name }, name));
    },
    () => undefined,
  );
  void load();
  return {
    node: element('section', {}, element('h2', { class: 'only-read' }, 'Statistics'), form, status, tables, drawings),
    close: () => {
      loading.abort();
    },
  };

  async function load(): Promise<void> {
    loading.abort();
    loading = new AbortController();
    const query: StatisticsQuery = {
      from: instantOf(from.input.value, 0),
      to: instantOf(to.input.value, 1),
      model: model.select.value,
      submitter: submitter.input.value.trim(),
    };
    try {
      const statistics = await api.statistics(query, loading.signal);
      // `to` is the first instant that is not counted.
      const lastDay = dayOf(new Date(Date.parse(statistics.to) - 1).toISOString());
      status.textContent = `${dayOf(statistics.from)} to ${lastDay}, UTC days`;
      tables.replaceChildren(...tablesOf(statistics));
      drawings.replaceChildren(
        ...plots.map(([name, title]) =>
          element(
            'figure',
            {},
            element('img', {
              src: api.plotPath(name, query),
              alt: `${title}: the numbers are in the tables above`,
              width: 520,
              height: 260,
            }),
          ),
        ),
      );
    } catch (error) {
      if (!isGivenUp(error)) status.textContent = faultText(error);
    }
  }
}

function tablesOf({ total, days, models, submitters, reasons }: Statistics): HTMLElement[] {
  return [
    table('All', '', [['All films', total]]),
    table(
      'By model',
      'Model',
      models.map((row) => [`${row.name} ${row.version}`, row]),
    ),
    table(
      'By who sent them',
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
        'Day',
        days.toReversed().map((row) => [row.day, row]),
      ),
    ),
  ];
}

function table(title: string, first: string, rows: readonly (readonly [string, Tally])[]): HTMLElement {
  const head = ['Films', 'Findings', 'No box', 'Not analysed', 'p50', 'p95', 'Median score'];
  return element(
    'div',
    // On a narrow screen it is moved by keys, too.
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

function cells({ findings, belowThreshold, notAnalysed, latencyMs, scoreDeciles }: Tally): string[] {
  const median = scoreDeciles?.[4];
  return [
    ...[findings + belowThreshold + notAnalysed, findings, belowThreshold, notAnalysed].map(String),
    latencyMs === null ? '–' : `${Math.round(latencyMs.p50)} ms`,
    latencyMs === null ? '–' : `${Math.round(latencyMs.p95)} ms`,
    median === undefined ? '–' : scoreText(Math.round(median * 100) / 100),
  ];
}

function reasonTable(reasons: Statistics['reasons']): HTMLElement {
  if (reasons.length === 0) return element('p', { class: 'muted' }, 'Every film of this time was analysed.');
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
