import { performance } from 'node:perf_hooks';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { HttpContext } from '../dependencies.js';
import { problemOf } from '../errors/problemOf.js';
import { Problem } from '../errors/problems.js';
import { liveSchema, metricsSchema, readySchema } from './schemas.js';

/** Health, readiness and metrics, for those who run the service. */
export const healthRoutes: FastifyPluginCallbackTypebox<HttpContext> = (
  app,
  { engine, log, registry, metrics, pacs, settings },
  done,
) => {
  const { version, database, metricsAccess, heartbeatEveryMs = 2000 } = settings;
  // Anyone may call this, and each heartbeat is a committed write, so concurrent callers share one.
  const heartbeat = atMostEvery(heartbeatEveryMs, () => log.ping());

  app.get('/healthz', { config: { open: true }, schema: liveSchema }, () => ({ status: 'live', version }));

  app.get('/readyz', { config: { open: true }, schema: readySchema }, async (request) => {
    const { state, provider, queuedFilms } = engine.status();
    const isLogReady = await heartbeat().then(
      () => true,
      (error: unknown) => {
        request.log.warn({ err: error }, "the log can't be written");
        if (problemOf(error).code !== 'log-unavailable') throw error;
        return false;
      },
    );
    const parts = {
      version,
      engine: { state, provider, queuedFilms },
      database: { ...database, state: isLogReady ? 'ready' : 'unavailable' },
      models: [...registry.models.values()].map(({ spec }) => ({
        name: spec.name,
        version: spec.version,
        default: spec.name === registry.defaultModel,
      })),
      // A PACS that is away doesn't keep films from other doors.
      ...(pacs === undefined ? {} : { pacs: pacs.status() }),
    };
    if (state !== 'ready' || !isLogReady) {
      const missing = [
        ...(state === 'ready' ? [] : [`the engine is ${state}`]),
        ...(isLogReady ? [] : ["the log can't be written"]),
      ];
      throw new Problem('not-ready', `Not ready: ${missing.join(', ')}.`, { members: parts });
    }
    return { status: 'ready', ...parts };
  });

  app.get(
    '/metrics',
    { config: metricsAccess === 'open' ? { open: true } : { roles: ['operator'] }, schema: metricsSchema },
    async (request, reply) => {
      const wantsOpenMetrics = request.headers.accept?.includes('application/openmetrics-text') === true;
      const { contentType, text } = await metrics.expose(wantsOpenMetrics ? 'openmetrics' : 'prometheus');
      return reply.header('content-type', contentType).send(text);
    },
  );
  done();
};

/** Acts at most once in this many milliseconds; callers in between get the same outcome. */
function atMostEvery(periodMs: number, act: () => Promise<void>): () => Promise<void> {
  let latest: { readonly at: number; readonly outcome: Promise<void> } | undefined;
  return () => {
    const now = performance.now();
    if (latest === undefined || now - latest.at >= periodMs) latest = { at: now, outcome: act() };
    return latest.outcome;
  };
}
