import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { NoQuerySchema } from '../detections/filterSchemas.js';
import { DetectionPathSchema } from '../detections/pathSchema.js';

const text = (description: string) => ({ type: 'string', description });
const headers = {
  ETag: text('Differs for each form of these pixels'),
  'X-Pixels-Sha256': text('Address of the film: the hash of its pixels'),
  'X-Film-Width': text('Width of the upright film'),
  'X-Film-Height': text('Height of the upright film'),
  'X-Film-Bits': text('8 or 16: what is kept'),
  'X-Film-Channels': text('1: grey, 3: RGB'),
  'X-Film-Window': text('Grey levels to show as black and white, `low,high`: the 1st and 99th percentile'),
};

interface FilmForm {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly answer: string;
  readonly type: string;
  readonly headers?: object;
}

/** One form of a film's pixels. */
function formOfFilm({ operationId, summary, description, answer, type, headers: more = {} }: FilmForm) {
  return {
    operationId,
    tags: ['films'],
    summary,
    description,
    params: DetectionPathSchema,
    querystring: NoQuerySchema,
    response: {
      200: {
        description: answer,
        headers: { ...headers, ...more },
        content: { [type]: { schema: { type: 'string', format: 'binary' } } },
      },
    },
  };
}

const problems = ['bad-parameter', 'not-found', 'film-not-kept'] as const;

export const filmSchema = {
  ...formOfFilm({
    operationId: 'getFilm',
    summary: 'The film itself, if it was kept',
    description:
      'PNG of the whole upright film. An 8-bit film comes as it was decoded, a 16-bit film as a preview ' +
      'in the window of the report. Answers 304 if `If-None-Match` has its ETag.',
    answer: 'The film',
    type: 'image/png',
  }),
  problems: [...problems],
} satisfies FastifySchema;

export const grey16Schema = {
  ...formOfFilm({
    operationId: 'getFilmSamples',
    summary: 'The samples of a 16-bit film',
    description: 'Unsigned, little-endian, row by row from the top; gzip or br by `Accept-Encoding`.',
    answer: 'The samples',
    type: 'application/octet-stream',
    headers: { 'Content-Encoding': text('`gzip` or `br`') },
  }),
  problems: [...problems, 'film-not-deep'],
} satisfies FastifySchema;

export const previewSchema = {
  ...formOfFilm({
    operationId: 'getFilmPreview',
    summary: 'The film at screen size',
    description:
      'JPEG of at most 1500 pixels a side, for slow networks: an 8-bit film keeps its levels, a 16-bit film is ' +
      'windowed by `X-Film-Window`. For a film that was kept before there were previews, it is the thumbnail.',
    answer: 'The preview',
    type: 'image/jpeg',
  }),
  problems: [...problems],
} satisfies FastifySchema;

export const thumbnailSchema = {
  ...formOfFilm({
    operationId: 'getThumbnail',
    summary: 'A thumbnail of the film',
    description: 'JPEG of at most 256 pixels a side, windowed.',
    answer: 'The thumbnail',
    type: 'image/jpeg',
  }),
  problems: [...problems],
} satisfies FastifySchema;

export const deleteImageSchema = {
  operationId: 'deleteImage',
  tags: ['films'],
  summary: 'Deletes a film from the store',
  description: 'Every report of it loses its film; the reports stay. Who deleted it is recorded.',
  params: Type.Object({
    sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Address of the film: `film.sha256` in a list, `X-Pixels-Sha256` with the film',
    }),
  }),
  response: { 204: { description: 'Deleted', type: 'null' } },
  problems: ['bad-parameter', 'not-found'],
} satisfies FastifySchema;
