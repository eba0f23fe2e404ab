import { collectDefaultMetrics, Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import type { Engine } from '../../engine/index.js';
import type { FilmStore } from '../../films/index.js';
import type { LoggedFilm } from '../../submission/index.js';
import type { UploadBudget } from '../submissions/budget.js';

/** What operators watch. Units are seconds and bytes; counters end in _total. */
export interface ServiceMetrics {
  readonly requests: Counter<'method' | 'route' | 'status'>;
  readonly requestSeconds: Histogram<'method' | 'route'>;
  readonly detections: Counter<'state' | 'model'>;
  /** Films without a result, by problem code or reason. */
  readonly failures: Counter<'reason'>;
  readonly queueSeconds: Histogram;
  readonly decodeSeconds: Histogram;
  readonly inferSeconds: Histogram;
  readonly postSeconds: Histogram;
  readonly uploadBytes: Histogram;
  readonly appendSeconds: Histogram;
  /** Where more are registered. */
  readonly registry: Registry<OpenMetricsContentType>;
  /** The exposition, in OpenMetrics or in the older Prometheus text form. */
  expose(form: 'openmetrics' | 'prometheus'): Promise<{ readonly contentType: string; readonly text: string }>;
}

const stageBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface MetricSources {
  readonly engine: Engine;
  readonly budget: UploadBudget;
  readonly films: Pick<FilmStore, 'counts'>;
  readonly version: string;
}

/** Metrics of one app, in a registry of its own. */
export function createMetrics({ engine, budget, films, version }: MetricSources): ServiceMetrics {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  const named = <Labels extends string>(name: string, help: string, ...labelNames: Labels[]) => ({
    name: `lesion_detector_${name}`,
    help,
    labelNames,
    registers,
  });
  const seconds = (name: string, help: string) => new Histogram({ ...named(name, help), buckets: stageBuckets });

  const metrics = {
    requests: new Counter(named('http_requests_total', 'Requests answered', 'method', 'route', 'status')),
    requestSeconds: new Histogram({
      ...named('http_request_duration_seconds', 'From headers to last byte', 'method', 'route'),
      buckets: stageBuckets,
    }),
    detections: new Counter(named('detections_total', 'Rows logged', 'state', 'model')),
    failures: new Counter(named('failures_total', 'Films without a result, by reason', 'reason')),
    queueSeconds: seconds('queue_seconds', 'Time a film waits for decoder and runner'),
    decodeSeconds: seconds('decode_seconds', 'Bytes to network input'),
    inferSeconds: seconds('infer_seconds', 'Run of the network'),
    postSeconds: seconds('post_seconds', 'Heads to boxes'),
    batchSize: new Histogram({ ...named('batch_films', 'Films that ran together'), buckets: [1, 2, 4, 8, 16, 32, 64] }),
    uploadBytes: new Histogram({
      ...named('upload_bytes', 'Size of an uploaded film'),
      buckets: [1e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8],
    }),
    appendSeconds: seconds('log_append_seconds', 'From report to COMMIT'),
  };

  new Gauge({
    ...named('queued_films', 'Films waiting or running'),
    collect() {
      this.set(engine.status().queuedFilms);
    },
  });
  new Gauge({
    ...named('held_upload_bytes', 'Bytes of uploads in memory'),
    collect() {
      this.set(budget.heldBytes);
    },
  });
  new Gauge({
    ...named('engine_ready', 'Whether the engine takes films'),
    collect() {
      this.set(engine.status().state === 'ready' ? 1 : 0);
    },
  });
  new Gauge({
    ...named('ready_children', 'Decoders and runners that are ready for films', 'child'),
    collect() {
      const { readyDecoders, readyRunners } = engine.status().children;
      this.set({ child: 'decoder' }, readyDecoders);
      this.set({ child: 'runner' }, readyRunners);
    },
  });
  const restarts = new Counter(
    named('child_restarts_total', 'Restarts of children, by why the last one ended', 'child', 'reason'),
  );
  for (const child of ['decoder', 'runner'] as const)
    for (const reason of ['crash', 'deadline'] as const) restarts.inc({ child, reason }, 0);
  engine.observe({
    onBatch({ films: together }) {
      metrics.batchSize.observe(together);
    },
    onRestart(child, reason) {
      restarts.inc({ child, reason });
    },
  });
  new Counter({
    ...named('films_stored_total', 'Films for the image store, by whether they were kept', 'outcome'),
    collect() {
      const { kept, failed } = films.counts();
      this.reset();
      this.inc({ outcome: 'kept' }, kept);
      this.inc({ outcome: 'failed' }, failed);
    },
  });
  new Gauge({
    ...named('films_to_store', 'Films waiting to be written to the image store'),
    collect() {
      this.set(films.counts().waiting);
    },
  });
  new Gauge({
    ...named('provider_info', 'The execution provider in use, and this version', 'provider', 'version'),
    collect() {
      this.reset();
      this.set({ provider: engine.status().provider ?? 'none', version }, 1);
    },
  });
  collectDefaultMetrics({ register: registry });

  return {
    ...metrics,
    registry,
    expose: async (form) => {
      const text = await registry.metrics();
      return form === 'openmetrics'
        ? { contentType: Registry.OPENMETRICS_CONTENT_TYPE, text }
        : { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: inPrometheusForm(text) };
    },
  };
}

/** Counts what became of a film that has a row. */
export function observeLogged(metrics: ServiceMetrics, { report, analysis, appendMs }: LoggedFilm): void {
  const { queueMs, decodeMs, inferMs, postMs } = analysis.timings;
  metrics.detections.inc({ state: report.state, model: report.model.name });
  metrics.appendSeconds.observe(appendMs / 1000);
  metrics.queueSeconds.observe(queueMs / 1000);
  if (analysis.kind === 'refused-by-gate') metrics.failures.inc({ reason: analysis.code });
  if (analysis.kind === 'failed') return;
  metrics.decodeSeconds.observe(decodeMs / 1000);
  if (analysis.kind !== 'analysed') return;
  metrics.inferSeconds.observe(inferMs / 1000);
  metrics.postSeconds.observe(postMs / 1000);
}

/**
 * The older text form differs in two ways: a counter's family has `_total` in its name, and there is no end mark.
 * prom-client renames counters permanently when it writes OpenMetrics, so it can't write both.
 */
function inPrometheusForm(openMetrics: string): string {
  return openMetrics
    .replace(/^# HELP (\S+) (.*)\n# TYPE \1 counter$/gm, '# HELP $1_total $2\n# TYPE $1_total counter')
    .replace(/# EOF\n$/, '');
}
