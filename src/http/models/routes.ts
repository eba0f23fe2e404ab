import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { RegisteredModel } from '../../registry/index.js';
import { lesionClasses } from '../../report/index.js';
import type { HttpContext } from '../dependencies.js';
import { modelFacts } from './modelFacts.js';
import { Problem } from '../errors/problems.js';
import { modelListSchema, modelSchema } from './schemas.js';

const everyone = { roles: ['submitter', 'radiologist', 'operator'] } as const;

/** The models that are served, with what to know before trusting their boxes. */
export const modelRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { registry, engine }, done) => {
  const summary = ({ spec, specSha256 }: RegisteredModel) => ({
    ...modelFacts(spec),
    default: spec.name === registry.defaultModel,
    lookedFor: lesionClasses(spec),
    notice: spec.notice,
    provider: engine.status().provider,
    specSha256,
    onnxSha256: spec.onnxSha256,
  });

  app.get('/v1/models', { config: everyone, schema: modelListSchema }, () => ({
    items: [...registry.models.values()].map(summary),
  }));

  app.get('/v1/models/:name', { config: everyone, schema: modelSchema }, (request) => {
    const model = registry.models.get(request.params.name);
    if (model === undefined) throw new Problem('unknown-model', 'No model of this name is loaded.');
    return { ...summary(model), spec: model.spec, card: model.card };
  });
  done();
};
