import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import { answerMalformed } from './clientErrors.js';
import type { HttpContext, HttpDependencies } from './dependencies.js';
import { createMetrics } from './metrics.js';
import { access } from './plugins/access.js';
import { apiDescription } from './plugins/apiDescription.js';
import { attemptLimits } from './plugins/attemptLimits.js';
import { gracefulClose } from './plugins/gracefulClose.js';
import { instruments } from './plugins/instruments.js';
import { problemResponses, sendProblem } from './plugins/problemResponses.js';
import { identityOptions, requestIdentity } from './plugins/requestIdentity.js';
import { security } from './plugins/security.js';
import { viewerPages } from './plugins/viewerPages.js';
import { detectionExportRoutes } from './routes/detectionExports.js';
import { detectionRoutes } from './routes/detections.js';
import { filmRoutes } from './routes/films.js';
import { healthRoutes } from './routes/health.js';
import { modelRoutes } from './routes/models.js';
import { problemRoutes } from './routes/problems.js';
import { sessionRoutes } from './routes/sessions.js';
import { signUpRoutes } from './routes/signUps.js';
import { siteRoutes } from './routes/site.js';
import { statisticsRoutes } from './routes/statistics.js';
import { submissionRoutes } from './routes/submissions.js';
import { tailRoutes } from './routes/tail.js';
import { tokenRoutes } from './routes/tokens.js';
import { userRoutes } from './routes/users.js';
import { UploadBudget } from './uploads/budget.js';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/**
 * The service’s HTTP side. It owns nothing that it is given: whoever made engine, log and database closes
 * them, after the app.
 */
export function buildApp(dependencies: HttpDependencies): App {
  const { settings, logger, engine, accounts, sessions, images, tokenVerification } = dependencies;
  const budget = new UploadBudget(settings.uploadBudgetBytes);
  const context: HttpContext = {
    ...dependencies,
    budget,
    metrics: createMetrics({ engine, budget, images, version: settings.version }),
  };

  const app = Fastify({
    ...identityOptions,
    loggerInstance: logger,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    // Of JSON bodies; films are read in a scope of their own.
    bodyLimit: 64 * 1024,
    requestTimeout: settings.requestTimeoutMs,
    http: {
      // Where headers have longer than requests, Node swaps the two.
      headersTimeout: Math.min(60_000, settings.requestTimeoutMs),
      requestTimeout: settings.requestTimeoutMs,
      // Node looks for slow senders every 30 s unless told otherwise.
      connectionsCheckingInterval: Math.min(5000, settings.requestTimeoutMs / 2),
    },
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: false },
    // Nothing is dropped or guessed: an unknown parameter is an error. With strictNumbers ajv would not hold
    // “Infinity” against a maximum once it has made a number of it.
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: true,
        useDefaults: true,
        allErrors: false,
        strictNumbers: false,
      },
    },
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(error, request, reply);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.register(problemResponses);
  app.register(requestIdentity);
  app.register(gracefulClose, settings);
  app.register(security, settings);
  app.register(instruments, context);
  app.register(access, { accounts, sessions, tokenVerification });
  app.register(attemptLimits, settings.rateLimits);
  app.register(apiDescription, settings);

  app.register(submissionRoutes, context);
  app.register(detectionRoutes, context);
  app.register(detectionExportRoutes, context);
  app.register(modelRoutes, context);
  app.register(tailRoutes, context);
  app.register(filmRoutes, context);
  app.register(statisticsRoutes, context);
  app.register(sessionRoutes, context);
  app.register(tokenRoutes, context);
  app.register(userRoutes, context);
  app.register(signUpRoutes, context);
  app.register(siteRoutes, context);
  app.register(healthRoutes, context);
  app.register(problemRoutes);
  app.register(viewerPages, settings);
  return app;
}
