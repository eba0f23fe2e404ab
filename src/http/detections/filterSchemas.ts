import { type Static, Type } from 'typebox';
import { listSorts } from '../../log/index.js';
import { reportStates } from '../../report/index.js';
import { pageParameters } from '../cursor.js';

/** Text to compare with columns: Postgres can't store NUL, and no field can hold control characters. */
const text = (description: string) =>
  Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$', description });

const time = (description: string) => ({
  ...text(description),
  anyOf: [
    { type: 'string', format: 'date-time' },
    { type: 'string', format: 'date' },
  ],
});

const filters = {
  state: Type.Optional(
    Type.Enum([...reportStates], {
      type: 'string',
      description: "State as logged, at the model's operating threshold",
    }),
  ),
  model: Type.Optional(text('Name of the model')),
  class: Type.Optional(text('Films with at least one reported box of this class')),
  minFilmScore: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Films with at least this film score' }),
  ),
  from: Type.Optional(time('from ≤ createdAt: an RFC 3339 time, or a date, which means UTC midnight')),
  to: Type.Optional(time('createdAt < to: an RFC 3339 time, or a date, which means UTC midnight')),
  submitter: Type.Optional(text('Who sent the film. A submitter may name only itself')),
  externalId: Type.Optional(text('As sent with the film')),
  patientRef: Type.Optional(text('As sent with the film')),
  accessionNumber: Type.Optional(text('As sent with the film')),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the uploaded bytes, hex' })),
  reviewed: Type.Optional(Type.Boolean({ description: 'Whether a reader has reviewed the film' })),
};

const closed = { additionalProperties: false } as const;

export const ListQuerySchema = Type.Object(
  {
    ...filters,
    ...pageParameters,
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          'Follows the log: rows committed after this position, oldest first. Begin with 0, continue with `position`',
      }),
    ),
    sort: Type.Enum([...listSorts], {
      type: 'string',
      default: '-createdAt',
      description: '`-`: highest first. Films that were not analysed have no score and no boxes, and come last',
    }),
    count: Type.Boolean({ default: false, description: 'Adds `total`: how many rows there are in all' }),
  },
  closed,
);

/** What narrows down a list or an export. */
export type FilterQuery = Omit<Static<typeof ListQuerySchema>, 'limit' | 'cursor' | 'after' | 'sort' | 'count'>;

const exportFormats = ['csv', 'ndjson', 'coco'] as const;

export const ExportQuerySchema = Type.Object(
  { ...filters, format: Type.Enum([...exportFormats], { type: 'string', description: 'Format of the export' }) },
  closed,
);

export const StatisticsQuerySchema = Type.Object(
  { from: filters.from, to: filters.to, model: filters.model, submitter: filters.submitter },
  closed,
);
export type StatisticsQuery = Static<typeof StatisticsQuerySchema>;

export const ViewQuerySchema = Type.Object(
  {
    minScore: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'Shows the report as it would read at this threshold; what was logged is in `asLogged`',
      }),
    ),
  },
  closed,
);

/** A list that takes no filters. */
export const PageQuerySchema = Type.Object(pageParameters, closed);

export const NoQuerySchema = Type.Object({}, closed);
