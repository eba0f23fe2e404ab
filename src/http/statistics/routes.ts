import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { StatisticsFilter } from '../../log/index.js';
import type { HttpContext } from '../dependencies.js';
import { filterOf } from '../detections/filter.js';
import { callerOf } from '../access/access.js';
import { Problem } from '../errors/problems.js';
import type { StatisticsQuery } from '../detections/filterSchemas.js';
import { compressed } from '../plugins/compression.js';
import { type Plot, plotSchema, statisticsSchema } from './schemas.js';
import { isByHour, type Period } from './days.js';
import { latencyPlot, scoresPlot, statesPlot, volumePlot } from './plots.js';
import type { Statistics } from '../../log/index.js';

const operators = { roles: ['operator'] } as const;
const dayMs = 24 * 60 * 60_000;
const mostDays = 366;

const draw: Readonly<Record<Plot, (statistics: Statistics, period: Period) => string>> = {
  volume: volumePlot,
  states: statesPlot,
  latency: latencyPlot,
  scores: scoresPlot,
};

/** Counts and quantiles by day, model and submitter, for operators. */
export const statisticsRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log }, done) => {
  app.get('/v1/statistics', { config: operators, schema: statisticsSchema, compress: compressed }, async (request) => {
    const filter = filterIn(request, request.query);
    return { from: filter.from.toISOString(), to: filter.to.toISOString(), ...(await log.statistics(filter)) };
  });

  app.get(
    '/v1/statistics/:plot.svg',
    { config: operators, schema: plotSchema, compress: compressed },
    async (request, reply) => {
      const filter = filterIn(request, request.query);
      return reply
        .type('image/svg+xml; charset=utf-8')
        .send(draw[request.params.plot](await log.statistics({ ...filter, byHour: isByHour(filter) }), filter));
    },
  );
  done();
};

/** By default whole days: the last 30, including today. */
function filterIn(request: FastifyRequest, query: StatisticsQuery): StatisticsFilter {
  const { from, to, model, submitter } = filterOf(query, callerOf(request));
  const tomorrow = new Date((Math.floor(Date.now() / dayMs) + 1) * dayMs);
  const end = to ?? tomorrow;
  const start = from ?? new Date(end.getTime() - 30 * dayMs);
  if (start >= end) throw new Problem('bad-parameter', 'The query parameter “from” must be before “to”.');
  if (end.getTime() - start.getTime() > mostDays * dayMs)
    throw new Problem('bad-parameter', `From “from” to “to” must be at most ${mostDays} days.`);
  return { from: start, to: end, ...(model !== undefined && { model }), ...(submitter !== undefined && { submitter }) };
}
