import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { NoQuerySchema } from '../detections/filterSchemas.js';

const DetectionPath = Type.Object({ id: Type.String({ description: 'Id of the report' }) });

const text = (description: string) => ({ type: 'string', description });
const headers = {
  ETag: text('Of this form of these pixels'),
  'X-Pixels-Sha256': text('Address of the film: the hash of its pixels'),
  'X-Film-Width': text('Of the upright film'),
  'X-Film-Height': text('Of the upright film'),
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
    params: DetectionPath,
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
    summary: 'The film itself, where it was kept',
    description:
      'PNG of the whole upright film. One of 8 bits is as it was decoded; of one of 16 bits it is a ' +
      'preview, with the window of the report. Sends 304 where `If-None-Match` has its ETag.',
    answer: 'The film',
    type: 'image/png',
  }),
  problems: [...problems],
} satisfies FastifySchema;

export const grey16Schema = {
  ...formOfFilm({
    operationId: 'getFilmSamples',
    summary: 'The samples of a 16-bit film',
    description: 'Unsigned, little end first, row by row from the top; gzip or br by `Accept-Encoding`.',
    answer: 'The samples',
    type: 'application/octet-stream',
    headers: { 'Content-Encoding': text('`gzip` or `br`') },
  }),
  problems: [...problems, 'film-not-deep'],
} satisfies FastifySchema;

export const previewSchema = {
  ...formOfFilm({
    operationId: 'getFilmPreview',
    summary: 'The film, as large as a screen',
    description:
      'JPEG of at most 1500 pixels a side, for slow networks: 8 bits with the levels of the film, 16 bits windowed ' +
      'by `X-Film-Window`. Of a film that was kept before there were previews it is the thumbnail.',
    answer: 'The preview',
    type: 'image/jpeg',
  }),
  problems: [...problems],
} satisfies FastifySchema;

export const thumbnailSchema = {
  ...formOfFilm({
    operationId: 'getThumbnail',
    summary: 'The film, small',
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
  description: 'For every report that has it; the reports stay. It is on record who did it.',
  params: Type.Object({
    sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Address of the film: `film.sha256` of a list, `X-Pixels-Sha256` of the film',
    }),
  }),
  response: { 204: { description: 'Deleted', type: 'null' } },
  problems: ['bad-parameter', 'not-found'],
} satisfies FastifySchema;
