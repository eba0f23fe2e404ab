import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { HttpContext } from '../dependencies.js';
import { reportedFloor } from '../../detector/index.js';
import { modelFacts } from '../models/modelFacts.js';
import { actorOf } from '../access/access.js';
import { changeSiteSchema, siteSchema } from './schemas.js';

/** What the page shows before anyone has signed in, and what operators can switch. */
export const siteRoutes: FastifyPluginCallbackTypebox<HttpContext> = (
  app,
  { site, films, registry, settings, log },
  done,
) => {
  const model = registry.models.get(registry.defaultModel)?.spec;

  const answer = async () => {
    if (model === undefined) throw new Error('no default model');
    const { signUp } = await site.read();
    return {
      imageStore: films.kind,
      keepDays: films.keepDays,
      signUp,
      notice: model.notice,
      version: settings.version,
      sessionMinutes: settings.sessionMinutes,
      maxUploadBytes: settings.maxUploadBytes,
      model: { ...modelFacts(model), candidateFloor: reportedFloor(model) },
    };
  };

  app.get('/v1/site', { config: { open: true }, schema: siteSchema }, answer);

  app.patch('/v1/site', { config: { roles: ['operator'] }, schema: changeSiteSchema }, async (request) => {
    const { signUp } = await site.change(request.body);
    await log.audit({
      ...actorOf(request),
      code: 'site-changed',
      detail: `signUp ${String(signUp)}`,
    });
    return answer();
  });
  done();
};
