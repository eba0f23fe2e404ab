import { type Static, Type } from 'typebox';

/** What PACS_SOURCES names: docs/hospital.md explains it. */

const closed = { additionalProperties: false } as const;
const Path = Type.String({ minLength: 1 });

const Auth = Type.Union([
  Type.Object({ user: Type.String({ minLength: 1 }), passwordFile: Path }, closed),
  Type.Object({ tokenFile: Path }, closed),
]);

const Tls = Type.Object(
  {
    caFile: Type.Optional(Path),
    certificateFile: Type.Optional(Path),
    keyFile: Type.Optional(Path),
  },
  closed,
);

export const SourceSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
    url: Type.String({ pattern: '^https?://[^?#@]+$' }),
    plainHttp: Type.Boolean({ default: false }),
    auth: Type.Optional(Auth),
    tls: Type.Optional(Tls),
    model: Type.Optional(Type.String({ minLength: 1 })),
    modalities: Type.Array(Type.String({ pattern: '^[A-Z]{2,16}$' }), { minItems: 1, default: ['CR', 'DX'] }),
    bodyParts: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
    descriptions: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
    derivedImages: Type.Boolean({ default: false }),
    results: Type.Array(
      Type.Union([Type.Literal('findings'), Type.Literal('below-threshold'), Type.Literal('not-analysed')]),
      { default: ['findings', 'below-threshold', 'not-analysed'] },
    ),
    windowHours: Type.Number({ minimum: 1, maximum: 24 * 31, default: 24 }),
    overlapHours: Type.Number({ minimum: 0, maximum: 48, default: 14 }),
    pollSeconds: Type.Number({ minimum: 0.5, maximum: 3600, default: 5 }),
    timeoutSeconds: Type.Number({ minimum: 0.1, maximum: 600, default: 30 }),
  },
  closed,
);

/** A PACS: where it is, which films are taken from it, and how often it is asked. */
export type Source = Static<typeof SourceSchema>;
