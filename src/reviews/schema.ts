import { type Static, Type } from 'typebox';

/**
 * What one reader said of one report at one time. It is never changed: a later review stands beside it, and two
 * readers' reviews are never merged.
 */

const closed = { additionalProperties: false } as const;

const ReviewBoxSchema = Type.Object(
  {
    x: Type.Number({ minimum: 0 }),
    y: Type.Number({ minimum: 0 }),
    width: Type.Number({ exclusiveMinimum: 0 }),
    height: Type.Number({ exclusiveMinimum: 0 }),
  },
  { ...closed, description: 'Pixels of the upright film, origin top left, inside the film' },
);

const verdicts = ['right', 'wrong', 'moved'] as const;

const BoxVerdictSchema = Type.Object(
  {
    id: Type.String({
      maxLength: 64,
      description: 'Id of a box of this report, or of a candidate below its threshold',
    }),
    verdict: Type.Enum([...verdicts], {
      type: 'string',
      description: '`right`: stands as it is; `wrong`: nothing is there; `moved`: something is there, at `movedTo`',
    }),
    movedTo: Type.Optional(ReviewBoxSchema),
  },
  closed,
);

const DrawnBoxSchema = Type.Object(
  { class: Type.String({ maxLength: 128, description: 'One of `lookedFor`' }), box: ReviewBoxSchema },
  closed,
);

/** What a reader says; the rest of a review is known by the service. */
const said = {
  verdicts: Type.Optional(Type.Array(BoxVerdictSchema, { description: 'On boxes of the report, each at most once' })),
  drawn: Type.Optional(Type.Array(DrawnBoxSchema, { description: 'What the network missed' })),
  complete: Type.Optional(
    Type.Boolean({ description: 'The whole film was read: what is not marked is not there. Default false' }),
  ),
  filmVerdict: Type.Optional(
    Type.Enum(['unsuitable'], { type: 'string', description: 'The film should not be judged by this network' }),
  ),
  comment: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 2000,
      pattern: '^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f]*$',
      description: 'Never who the patient is: a review can not be erased',
    }),
  ),
  threshold: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'On show while the film was read, if any was' }),
  ),
  readFirst: Type.Optional(
    Type.Boolean({ description: 'The boxes stayed hidden until the reader had decided. Default false' }),
  ),
};

export const ReviewInputSchema = Type.Object(said, closed);
export type ReviewInput = Static<typeof ReviewInputSchema>;

const places = ['page', 'ohif'] as const;

export const ReviewSchema = Type.Object({
  id: Type.String({ format: 'uuid', description: 'UUIDv7' }),
  detectionId: Type.String({ format: 'uuid', description: 'Id of the report' }),
  createdAt: Type.String({ format: 'date-time', description: 'When it was recorded, UTC: the time in its id' }),
  reader: Type.String(),
  madeIn: Type.Enum([...places], { type: 'string', description: 'Our page (or a program), or OHIF' }),
  verdicts: Type.Array(BoxVerdictSchema),
  drawn: Type.Array(DrawnBoxSchema),
  complete: Type.Boolean(),
  filmVerdict: Type.Union([Type.Literal('unsuitable'), Type.Null()]),
  comment: Type.Union([Type.String(), Type.Null()]),
  threshold: Type.Union([Type.Number(), Type.Null()]),
  readFirst: Type.Boolean(),
});
export type Review = Static<typeof ReviewSchema>;
