import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import { answerMalformed } from './errors/answerMalformed.js';
import type { HttpContext, HttpDependencies } from './dependencies.js';
import { createMetrics } from './operations/metrics.js';
import { access } from './access/access.js';
import { apiDescription } from './description/apiDescription.js';
import { attemptLimits } from './access/attemptLimits.js';
import { compression } from './plugins/compression.js';
import { gracefulClose } from './plugins/gracefulClose.js';
import { observePacs } from './operations/pacsMetrics.js';
import { instruments } from './operations/instruments.js';
import { problemResponses, sendProblem } from './errors/problemResponses.js';
import { identityOptions, requestIdentity } from './plugins/requestIdentity.js';
import { security } from './plugins/security.js';
import { strictInput } from './plugins/strictInput.js';
import { viewerPages } from './plugins/viewerPages.js';
import { detectionExportRoutes } from './exports/routes.js';
import { detectionRoutes } from './detections/routes.js';
import { dicomRoutes } from './detections/dicomRoutes.js';
import { filmRoutes } from './films/routes.js';
import { healthRoutes } from './operations/routes.js';
import { logRoutes } from './log/routes.js';
import { modelRoutes } from './models/routes.js';
import { problemRoutes } from './errors/routes.js';
import { reviewRoutes } from './reviews/routes.js';
import { sessionRoutes } from './sessions/routes.js';
import { signUpRoutes } from './users/signUpRoutes.js';
import { siteRoutes } from './site/routes.js';
import { statisticsRoutes } from './statistics/routes.js';
import { submissionRoutes } from './submissions/routes.js';
import { tailRoutes } from './detections/tailRoutes.js';
import { tokenRoutes } from './tokens/routes.js';
import { userRoutes } from './users/routes.js';
import { shareOf, UploadBudget } from './submissions/budget.js';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** The service's HTTP side. It owns nothing that it is given: whoever made engine, log and database closes them. */
export function buildApp(dependencies: HttpDependencies): App {
  const { settings, logger, engine, accounts, sessions, films, tokenVerification } = dependencies;
  const budget = new UploadBudget(
    settings.uploadBudgetBytes,
    shareOf(settings.uploadBudgetBytes, settings.maxUploadBytes),
  );
  const context: HttpContext = {
    ...dependencies,
    budget,
    metrics: createMetrics({ engine, budget, films, version: settings.version }),
  };
  if (dependencies.pacs !== undefined) observePacs(context.metrics, dependencies.pacs);

  const app = Fastify({
    ...identityOptions,
    loggerInstance: logger,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    // For JSON bodies; films are read in a scope of their own.
    bodyLimit: 64 * 1024,
    requestTimeout: settings.requestTimeoutMs,
    // For a peer that neither sends nor reads: longer than any film may take, so it never cuts off an analysis.
    connectionTimeout: settings.deadlineMs + 120_000,
    http: {
      // If headers get more time than requests, Node swaps the two.
      headersTimeout: Math.min(60_000, settings.requestTimeoutMs),
      requestTimeout: settings.requestTimeoutMs,
      // Node looks for slow senders every 30 s unless told otherwise.
      connectionsCheckingInterval: Math.min(5000, settings.requestTimeoutMs / 2),
    },
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: false },
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(error, request, reply);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.register(problemResponses);
  app.register(requestIdentity);
  app.register(strictInput);
  app.register(gracefulClose, settings);
  app.register(security, settings);
  app.register(compression);
  app.register(instruments, context);
  app.register(access, { accounts, sessions, tokenVerification });
  app.register(attemptLimits, { ...settings.rateLimits, accounts });
  app.register(apiDescription, settings);

  app.register(submissionRoutes, context);
  app.register(detectionRoutes, context);
  app.register(dicomRoutes, context);
  app.register(detectionExportRoutes, context);
  app.register(reviewRoutes, context);
  app.register(modelRoutes, context);
  app.register(tailRoutes, context);
  app.register(filmRoutes, context);
  app.register(logRoutes, context);
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
