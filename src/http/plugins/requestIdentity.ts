import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import plugin from 'fastify-plugin';

/**
 * Every request has a UUID (`reqId` in the service's log, `instance` of its problems). The caller's own ids,
 * `x-request-id` and `traceparent`, are logged with it and sent back.
 */
export const requestIdentity = plugin(
  (app: FastifyInstance, _options, done) => {
    app.addHook('onRequest', (request, reply, next) => {
      reply.header('x-request-id', requestIdOf(request.raw) ?? request.id);
      const trace = traceOf(request.raw);
      if (trace !== undefined)
        reply.header('traceparent', `00-${trace.traceId}-${randomBytes(8).toString('hex')}-${trace.flags}`);
      next();
    });

    done();
  },
  { name: 'request-identity' },
);

/** One line per request, and one for an answer that broke off. */
class DiscreetLog extends LogController {
  override incomingRequest(): void {
    // The line for its answer says everything that this one could.
  }

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const line = {
      method: request.method,
      // The route's pattern without the query: filters may point to a patient.
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      elapsedMs: Math.round(reply.elapsedTime * 10) / 10,
      caller: request.principal?.name,
    };
    if (error) request.log.warn({ ...line, err: error }, 'the answer broke off');
    else request.log.info(line, 'answered');
  }
}

/** Server options for ids, and for loggers that can't leak what points to a patient. */
export const identityOptions = {
  logController: new DiscreetLog({ requestIdLogLabel: 'reqId' }),
  genReqId: () => randomUUID(),
  childLoggerFactory: (logger, bindings, options, raw) => {
    const traceId = traceOf(raw)?.traceId;
    const clientRequestId = requestIdOf(raw);
    return logger.child(
      {
        ...bindings,
        ...(traceId === undefined ? {} : { traceId }),
        ...(clientRequestId === undefined ? {} : { clientRequestId }),
      },
      { ...options, serializers: { ...options.serializers, ...discreetSerializers } },
    );
  },
} satisfies Partial<FastifyServerOptions<never>>;

/** Logs requests, responses and errors without headers, query, body or a database's row values. */
const discreetSerializers = {
  req: (request: { readonly method?: string }) => ({ method: request.method }),
  res: (response: { readonly statusCode?: number }) => ({ status: response.statusCode }),
  err: describeError,
  // @fastify/multipart logs them at level trace, with all headers.
  busboyOptions: ({ limits }: { readonly limits?: object }) => ({ limits }),
};

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** Name, message, code, stack and causes of an error; nothing else that a library may have attached to it. */
function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function requestIdOf(raw: IncomingMessage): string | undefined {
  const id = raw.headers['x-request-id'];
  return typeof id === 'string' && /^[\w.-]{1,128}$/.test(id) ? id : undefined;
}

/** W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
function traceOf(raw: IncomingMessage): { readonly traceId: string; readonly flags: string } | undefined {
  const header = raw.headers['traceparent'];
  const match = typeof header === 'string' ? /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header) : null;
  const [, traceId, parentId, flags] = match ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  return /^0+$/.test(traceId) || /^0+$/.test(parentId) ? undefined : { traceId, flags };
}
