import { hash } from 'node:crypto';
import multipart from '@fastify/multipart';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { actorOf, callerOf } from '../access/access.js';
import type { HttpContext } from '../dependencies.js';
import { type SubmissionAnswer, type SubmissionContext, submitFilm } from '../../submission/index.js';
import { observeLogged } from '../operations/metrics.js';
import { problemOf, SenderGone } from '../errors/problemOf.js';
import { Problem } from '../errors/problems.js';
import { submissionSchema } from './schemas.js';
import { tooLarge } from './arrivingBytes.js';
import { largestBodyBytes } from './budget.js';
import { declaredBytesOf, isForm, receiveUpload, type Upload } from './receive.js';

/**
 * POST /v1/detections. A scope of its own that parses no bodies: whatever its content type, a body is either a form or
 * a film, and is read within the upload limits.
 */
export const submissionRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, context, done) => {
  app.removeAllContentTypeParsers();
  // It tells forms from films; formReader.ts reads the parts, since the plugin's own reader can hang on a damaged one.
  app.register(multipart);
  app.addContentTypeParser('*', (_request, _payload, parsed) => {
    parsed(null);
  });
  // Anything but a form is a film, even if its content type is no media type at all.
  app.addHook('onRequest', (request, _reply, next) => {
    if (!isForm(request)) request.headers['content-type'] = 'application/octet-stream';
    next();
  });
  // Fields are checked where they are read: a form's come after its headers.
  app.setValidatorCompiler(() => () => true);
  app.addHook('preValidation', (request, _reply, next) => {
    const [name] = Object.keys(typeof request.query === 'object' && request.query !== null ? request.query : {});
    const hint = 'fields come in the form or as X- headers';
    next(
      name === undefined ? undefined : new Problem('bad-parameter', `There is no query parameter “${name}”: ${hint}.`),
    );
  });

  app.post(
    '/v1/detections',
    { config: { roles: ['submitter', 'radiologist'] }, schema: submissionSchema },
    async (request, reply) => {
      const { id, reportText, replayed } = await submit(context, request);
      if (replayed) reply.header('idempotency-replayed', 'true');
      return reply
        .code(replayed ? 200 : 201)
        .header('location', `/v1/detections/${id}`)
        .type('application/json; charset=utf-8')
        .send(reportText);
    },
  );
  done();
};

/** A slow sender gets its film through; one that is silent this long has gone, or is trying to hold the memory. */
const longestSilenceMs = 15_000;

async function submit(context: HttpContext, request: FastifyRequest): Promise<SubmissionAnswer> {
  const caller = callerOf(request);
  const declaredBytes = declaredBytesOf(request) ?? 0;
  const { metrics, budget, engine, settings } = context;
  let held;
  let upload: Upload | undefined;
  try {
    if (declaredBytes > largestBodyBytes(settings.maxUploadBytes)) throw tooLarge(settings.maxUploadBytes);
    const idempotencyKey = idempotencyKeyOf(request);
    if (!engine.hasRoomFor(declaredBytes)) throw new Problem('queue-full', 'The queue has no room for this film.');
    held = budget.hold(caller.name);
    const { maxUploadBytes, requestTimeoutMs } = settings;
    upload = await receiveUpload(request, {
      maxUploadBytes,
      silenceMs: Math.min(longestSilenceMs, requestTimeoutMs),
      held,
    });
    metrics.uploadBytes.observe(upload.bytes.length);
    const { model, ...references } = upload.fields;
    return await submitFilm(submissionContextOf(context), {
      submitter: caller.name,
      bytes: upload.bytes,
      references,
      ...(model === undefined ? {} : { model }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
  } catch (error) {
    await recordFailure(context, request, caller.name, error, upload?.bytes);
    throw error;
  } finally {
    held?.release();
  }
}

function submissionContextOf({ engine, log, films, registry, metrics }: HttpContext): SubmissionContext {
  return {
    engine,
    log,
    films,
    registry,
    onLogged: (film) => {
      observeLogged(metrics, film);
    },
  };
}

/** Counts films without a result; refused requests leave an audit event, since they have no row. */
async function recordFailure(
  { metrics, log }: HttpContext,
  request: FastifyRequest,
  actor: string,
  error: unknown,
  bytes: Buffer | undefined,
): Promise<void> {
  if (error instanceof SenderGone || (error instanceof Problem && error.code === 'request-timeout')) {
    metrics.failures.inc({ reason: 'sender-gone' });
    return;
  }
  const { code, status } = problemOf(error);
  metrics.failures.inc({ reason: code });
  // Waiting for an answer that is on its way is no fault of the request.
  if (status >= 500 || code === 'conflict') return;
  await log.audit({
    code,
    ...actorOf(request, actor),
    ...(bytes === undefined ? {} : { sizeBytes: bytes.length, sha256: hash('sha256', bytes) }),
  });
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem('bad-parameter', 'The header “Idempotency-Key” takes 1 to 255 visible ASCII characters.');
  }
  return key;
}
