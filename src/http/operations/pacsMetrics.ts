import { Counter, Gauge } from 'prom-client';
import type { HttpDependencies } from '../dependencies.js';
import { observeLogged, type ServiceMetrics } from './metrics.js';

/** What operators watch of the films that come from PACS. */
export function observePacs(metrics: ServiceMetrics, pacs: NonNullable<HttpDependencies['pacs']>): void {
  const named = <Labels extends string>(name: string, help: string, ...labelNames: Labels[]) => ({
    name: `lesion_detector_pacs_${name}`,
    help,
    labelNames,
    registers: [metrics.registry],
  });
  const films = new Counter(named('films_total', 'Tries with films from PACS, by outcome', 'source', 'outcome'));
  const sweeps = new Counter(named('sweeps_total', 'Passes over PACS, by outcome', 'source', 'outcome'));
  new Gauge({
    ...named('jobs', 'Films from PACS, by state; `failed` ones wait for an operator', 'source', 'state'),
    async collect() {
      this.reset();
      // If the database is away, other metrics say so.
      for (const { source, ...states } of await pacs.counts().catch(() => []))
        for (const [state, count] of Object.entries(states)) this.set({ source, state }, count);
    },
  });
  new Gauge({
    ...named('swept_timestamp_seconds', 'When the last complete pass over a PACS ended', 'source'),
    collect() {
      for (const { source, sweptAt } of pacs.status()) if (sweptAt !== null) this.set({ source }, +sweptAt / 1000);
    },
  });
  pacs.observe({
    onLogged(film) {
      observeLogged(metrics, film);
    },
    onFilm(source, outcome) {
      films.inc({ source, outcome });
    },
    onSweep(source, outcome) {
      sweeps.inc({ source, outcome });
    },
  });
}
