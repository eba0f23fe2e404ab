import { Type } from 'typebox';
import { ModelSpecSchema } from '../../detector/modelSpecSchema.js';
import { BelowThresholdSchema, FindingsSchema, NotAnalysedSchema, type ReportState, reportStates } from '../../report/index.js';
import { problemCodes } from '../problems.js';

/**
 * Schemas that OpenAPI names in components. Answers are not passed through them: a report is sent as the
 * text that was logged, and tests hold answers against these.
 */

const Problem = Type.Object(
  {
    type: Type.String({ description: '/problems/{code}, a page of this service' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'For the person who reads it; programs go by `code`' }),
    code: Type.Enum(problemCodes, { type: 'string' }),
    instance: Type.String({ description: 'urn:uuid: of the request, `reqId` in the log of the service' }),
    detectionId: Type.Optional(Type.String({ description: 'The row that says that the film was not analysed' })),
  },
  { description: 'RFC 9457' },
);

/** `oneOf` with a discriminator: what client generators make a tagged union of. */
function byState(description: string, variants: Readonly<Record<ReportState, string>>): object {
  return {
    description,
    oneOf: Object.values(variants).map((component) => ({ $ref: `${component}#` })),
    discriminator: {
      propertyName: 'state',
      mapping: Object.fromEntries(Object.entries(variants).map(([state, component]) => [state, `#/components/schemas/${component}`])),
    },
  };
}

const Report = byState('What was answered for a film, and logged', {
  findings: 'Findings',
  'below-threshold': 'BelowThreshold',
  'not-analysed': 'NotAnalysed',
});

const asLogged = Type.Optional(
  Type.Object(
    {
      state: Type.Enum([...reportStates], { type: 'string' }),
      threshold: Type.Number(),
      candidateFloor: Type.Number({ description: 'Candidates with a raw score below it were not kept' }),
    },
    { description: 'What was logged, where this is a view at another threshold' },
  ),
);
const FindingsView = Type.Object({ ...FindingsSchema.properties, asLogged }, { title: 'FindingsView' });
const BelowThresholdView = Type.Object({ ...BelowThresholdSchema.properties, asLogged }, { title: 'BelowThresholdView' });
const ReportView = byState('A report as it was logged or, with `minScore`, as it would read at that threshold', {
  findings: 'FindingsView',
  'below-threshold': 'BelowThresholdView',
  'not-analysed': 'NotAnalysed',
});

const DetectionPage = Type.Object({
  items: Type.Array(Type.Unsafe({ $ref: 'Report#' })),
  nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'null on the last page' }),
});

const modelSummary = {
  name: Type.String(),
  version: Type.String(),
  default: Type.Boolean({ description: 'Used where a request names no model' }),
  lookedFor: Type.Array(Type.String()),
  threshold: Type.Number({ description: 'Operating point' }),
  licence: Type.String(),
  intendedUse: Type.String(),
  notice: Type.String(),
  provider: Type.Union([Type.String(), Type.Null()], { description: 'Execution provider that runs' }),
  specSha256: Type.String(),
  onnxSha256: Type.String(),
};
const ModelSummary = Type.Object(modelSummary);
const Model = Type.Object({
  ...modelSummary,
  spec: Type.Unsafe({ $ref: 'ModelSpec#' }),
  card: Type.Union([Type.String(), Type.Null()], { description: 'The model card, Markdown' }),
});

const Token = Type.Object({
  token: Type.String({ description: 'Goes into `Authorization: Bearer …`' }),
  tokenType: Type.Literal('Bearer'),
  jti: Type.String({ description: 'Name of the token, for revoking it' }),
  role: Type.String(),
  expiresAt: Type.String({ format: 'date-time' }),
});

const Liveness = Type.Object({ status: Type.Literal('live'), version: Type.String() });

const Readiness = Type.Object({
  status: Type.Literal('ready'),
  version: Type.String(),
  engine: Type.Object({ state: Type.String(), provider: Type.Union([Type.String(), Type.Null()]), queuedFilms: Type.Integer() }),
  database: Type.Object({ kind: Type.String(), durability: Type.String({ description: 'What a committed row survives' }), state: Type.String() }),
  models: Type.Array(Type.Object({ name: Type.String(), version: Type.String(), default: Type.Boolean() })),
});

export const components: Readonly<Record<string, object>> = {
  Findings: FindingsSchema,
  BelowThreshold: BelowThresholdSchema,
  NotAnalysed: NotAnalysedSchema,
  Report,
  FindingsView,
  BelowThresholdView,
  ReportView,
  DetectionPage,
  ModelSpec: ModelSpecSchema,
  ModelSummary,
  Model,
  Token,
  Liveness,
  Readiness,
  Problem,
};
