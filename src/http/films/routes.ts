import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeptFilm } from '../../films/index.js';
import type { Report } from '../../report/index.js';
import type { HttpContext } from '../dependencies.js';
import { detectionSeenBy } from '../detections/find.js';
import { compressor, encodingOf } from './encoding.js';
import { previewPng, rawSamples, storedPng } from './streams.js';
import { actorOf, callerOf } from '../access/access.js';
import { Problem } from '../errors/problems.js';
import { deleteImageSchema, filmSchema, grey16Schema, previewSchema, thumbnailSchema } from './schemas.js';

const everyone = { roles: ['submitter', 'radiologist', 'operator'] } as const;

/** The pixels of kept films, for those who may see their reports. */
export const filmRoutes: FastifyPluginCallbackTypebox<HttpContext> = (app, { log, films }, done) => {
  app.get('/v1/detections/:id/film', { config: everyone, schema: filmSchema }, async (request, reply) => {
    const { film, report } = await open(request, request.params.id);
    if (film.bits === 8)
      return send(request, reply, {
        film,
        variant: 'film',
        type: 'image/png',
        sizeBytes: film.sizeBytes,
        body: () => storedPng(film),
      });
    const window = report.image?.preparation.window ?? film.window;
    return send(request, reply, {
      film,
      variant: `film-${window.join('-')}`,
      type: 'image/png',
      body: () => previewPng(film, window),
    });
  });

  app.get('/v1/detections/:id/film.grey16', { config: everyone, schema: grey16Schema }, async (request, reply) => {
    const { film } = await open(request, request.params.id);
    if (film.bits !== 16 || film.channels !== 1)
      throw new Problem(
        'film-not-deep',
        `This film has ${film.bits} bits and ${film.channels === 1 ? 'is grey' : 'has colours'}.`,
      );
    const encoding = encodingOf(request.headers['accept-encoding']);
    reply.header('vary', 'accept-encoding');
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    const body = () =>
      encoding === 'identity' ? rawSamples(film) : pipeline(rawSamples(film), compressor(encoding), () => undefined);
    return send(request, reply, {
      film,
      variant: `grey16-${encoding}`,
      type: 'application/octet-stream',
      ...(encoding === 'identity' && { sizeBytes: 2 * film.width * film.height }),
      body,
    });
  });

  app.get('/v1/detections/:id/preview', { config: everyone, schema: previewSchema }, async (request, reply) => {
    const { film } = await open(request, request.params.id);
    const { size } = await stat(film.previewPath);
    return send(request, reply, {
      film,
      variant: film.previewPath === film.thumbnailPath ? 'thumbnail' : 'preview',
      type: 'image/jpeg',
      sizeBytes: size,
      body: () => createReadStream(film.previewPath),
    });
  });

  app.get('/v1/detections/:id/thumbnail', { config: everyone, schema: thumbnailSchema }, async (request, reply) => {
    const { film } = await open(request, request.params.id);
    return send(request, reply, {
      film,
      variant: 'thumbnail',
      type: 'image/jpeg',
      body: () => createReadStream(film.thumbnailPath),
    });
  });

  app.delete(
    '/v1/images/:sha256',
    { config: { roles: ['operator'] }, schema: deleteImageSchema },
    async (request, reply) => {
      const { sha256 } = request.params;
      const rows = await films.delete(sha256, actorOf(request));
      if (rows === 0) throw new Problem('not-found', 'There is no such film.');
      return reply.code(204).send();
    },
  );

  async function open(
    request: FastifyRequest,
    id: string,
  ): Promise<{ readonly film: KeptFilm; readonly report: Report }> {
    const row = await detectionSeenBy(callerOf(request), log, id);
    return { film: await films.open(row.id), report: row.report };
  }

  done();
};

interface Sending {
  readonly film: KeptFilm;
  /** Which form of the film: part of its ETag. */
  readonly variant: string;
  readonly type: string;
  /** If known in advance: lets the page show progress. */
  readonly sizeBytes?: number;
  readonly body: () => Readable;
}

/** Browsers may cache it but must revalidate each time: films expire or are deleted, and readers change. */
function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { film, variant, type, sizeBytes, body }: Sending,
): FastifyReply {
  const etag = `"${film.pixelsSha256}-${variant}"`;
  reply.headers({
    etag,
    'cache-control': 'private, no-cache',
    'x-pixels-sha256': film.pixelsSha256,
    'x-film-width': String(film.width),
    'x-film-height': String(film.height),
    'x-film-bits': String(film.bits),
    'x-film-channels': String(film.channels),
    'x-film-window': film.window.join(','),
  });
  if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag) === true)
    return reply.removeHeader('content-encoding').code(304).send();
  reply.type(type);
  if (sizeBytes !== undefined) reply.header('content-length', String(sizeBytes));
  return request.method === 'HEAD' ? reply.send() : reply.send(body());
}
