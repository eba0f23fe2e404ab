import { type Static, Type } from 'typebox';
import { listSorts } from '../../log/index.js';
import { reportStates } from '../../report/index.js';

/** Text that the database compares with: Postgres knows no NUL, and no field can hold control characters. */
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
  submitter: Type.Optional(text('Who sent the film. A submitter may only name itself')),
  externalId: Type.Optional(text('As sent with the film')),
  patientRef: Type.Optional(text('As sent with the film')),
  accessionNumber: Type.Optional(text('As sent with the film')),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of the uploaded bytes, hex' })),
};

const closed = { additionalProperties: false } as const;

export const ListQuerySchema = Type.Object(
  {
    ...filters,
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50, description: 'Rows of a page' }),
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          'Follows the log: rows committed after this position, oldest first. Begin with 0, go on with `position`',
      }),
    ),
    cursor: Type.Optional(
      Type.String({ maxLength: 64, description: '`nextCursor` of the page before, with the same filters and order' }),
    ),
    sort: Type.Enum([...listSorts], {
      type: 'string',
      default: '-createdAt',
      description: '`-`: from the highest down. Films that were not analysed have no score and no boxes, and come last',
    }),
    count: Type.Boolean({ default: false, description: 'Also `total`: how many rows there are in all' }),
  },
  closed,
);

/** What narrows down a list or an export. */
export type FilterQuery = Omit<Static<typeof ListQuerySchema>, 'limit' | 'cursor' | 'after' | 'sort' | 'count'>;

const exportFormats = ['csv', 'ndjson', 'coco'] as const;

export const ExportQuerySchema = Type.Object(
  { ...filters, format: Type.Enum([...exportFormats], { type: 'string', description: 'Form of the export' }) },
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
        description: 'Shows the report as it would read at this threshold, with what was logged beside it',
      }),
    ),
  },
  closed,
);

export const NoQuerySchema = Type.Object({}, closed);
