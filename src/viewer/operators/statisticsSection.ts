import type { Statistics, StatisticsQuery } from '../api/index.js';
import type { PageContext } from '../app/page.js';
import { whileVisible } from '../app/whileVisible.js';
import { element } from '../dom/element.js';
import { faultText, isGivenUp } from '../ui/form.js';
import { createPlots } from './plots.js';
import { daysWithin, instantsOf } from './range.js';
import { statisticsForm } from './statisticsForm.js';
import { filmsIn, statisticsTables } from './statisticsTables.js';

const refreshEveryMs = 60_000;

/** How many films, in which states, how fast, and how their scores are distributed: charts first, numbers below. */
export function statisticsSection({ api, models }: PageContext): {
  readonly node: HTMLElement;
  readonly close: () => void;
} {
  let loading = new AbortController();
  const form = statisticsForm(
    models,
    () => void load({ unattended: false }),
    () => void load({ unattended: false }),
  );
  const status = element('p', { role: 'status' });
  const plots = createPlots(api);
  const tables = element('div', {});
  const stop = whileVisible(refreshEveryMs, () => load({ unattended: true }));
  void load({ unattended: false });
  return {
    node: element(
      'section',
      {},
      element('h2', { class: 'only-read' }, 'Statistics'),
      form.node,
      status,
      plots.node,
      tables,
    ),
    close() {
      stop();
      loading.abort();
      plots.clear();
    },
  };

  async function load(how: { readonly unattended: boolean }): Promise<void> {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    const instants = instantsOf(form.range(), Date.now());
    if (instants === undefined) {
      status.textContent = '“From” must not be after “To”.';
      return;
    }
    const query: StatisticsQuery = { ...instants, model: form.model(), submitter: form.submitter() };
    try {
      const statistics = await api.statistics(query, signal, how);
      form.showDays(statistics);
      status.textContent = summary(statistics);
      tables.replaceChildren(...statisticsTables(statistics));
      if (filmsIn(statistics.total) === 0) plots.clear();
      else await plots.show(query, signal, how);
    } catch (error) {
      if (!isGivenUp(error)) status.textContent = faultText(error);
    }
  }
}

/** What is shown, in one line. */
function summary(statistics: Statistics): string {
  const [first, last] = daysWithin(statistics);
  const films = filmsIn(statistics.total);
  const when = first === last ? first : `${first} to ${last}`;
  if (films === 0) return `No film from ${when} (UTC).`;
  return `${films.toLocaleString('en')} ${films === 1 ? 'film' : 'films'}, ${when} (UTC).`;
}
