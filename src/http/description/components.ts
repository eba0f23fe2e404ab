import { type TSchema, Type } from 'typebox';
import { ModelSpecSchema } from '../../detector/modelSpecSchema.js';
import {
  BelowThresholdSchema,
  FindingsSchema,
  NotAnalysedSchema,
  type ReportState,
  reportStates,
} from '../../report/index.js';
import { NextCursorSchema } from '../cursor.js';
import { problemCodes } from '../errors/problems.js';
import { ReviewSchema } from '../../reviews/index.js';
import { ReviewListSchema } from '../reviews/schemas.js';
import { CheckpointListSchema, DetectionProofSchema } from '../log/schemas.js';
import { modelFactsSchemas } from '../models/schemas.js';
import { SessionSchema } from '../sessions/schemas.js';
import { SiteSchema } from '../site/schemas.js';
import { StatisticsSchema } from '../statistics/schemas.js';
import { TokenListSchema, TokenSchema } from '../tokens/schemas.js';
import { UserListSchema, UserSchema } from '../users/schemas.js';

/**
 * Schemas under components in OpenAPI. Answers are not serialised by them: a report is sent as the text that was
 * logged. Tests check answers against these.
 */

const Problem = Type.Object(
  {
    type: Type.String({ description: '/problems/{code}, a page of this service' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'For people; programs should use `code`' }),
    code: Type.Enum(problemCodes, { type: 'string' }),
    instance: Type.String({ description: "urn:uuid: of the request, `reqId` in the service's log" }),
    detectionId: Type.Optional(Type.String({ description: 'The row that records that the film was not analysed' })),
  },
  { description: 'RFC 9457' },
);

/** `oneOf` with a discriminator: client generators turn it into a tagged union. */
function byState(description: string, variants: Readonly<Record<ReportState, string>>): object {
  return {
    description,
    oneOf: Object.values(variants).map((component) => ({ $ref: `${component}#` })),
    discriminator: {
      propertyName: 'state',
      mapping: Object.fromEntries(
        Object.entries(variants).map(([state, component]) => [state, `#/components/schemas/${component}`]),
      ),
    },
  };
}

const Report = byState('The answer for a film, as it was logged', {
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
    { description: 'What was logged, if this is a view at another threshold' },
  ),
);
const FindingsView = Type.Object({ ...FindingsSchema.properties, asLogged }, { title: 'FindingsView' });
const BelowThresholdView = Type.Object(
  { ...BelowThresholdSchema.properties, asLogged },
  { title: 'BelowThresholdView' },
);
const ReportView = byState('A report as it was logged or, with `minScore`, as it would read at that threshold', {
  findings: 'FindingsView',
  'below-threshold': 'BelowThresholdView',
  'not-analysed': 'NotAnalysed',
});

const text = (description: string) => Type.Optional(Type.String({ description }));
const FilmReferences = Type.Object(
  {
    patientRef: text("The sender's reference to the patient"),
    accessionNumber: text('Accession number of the study'),
    studyInstanceUid: text('DICOM Study Instance UID'),
    seriesInstanceUid: text('DICOM Series Instance UID'),
    sopInstanceUid: text('DICOM SOP Instance UID'),
    externalId: text("The sender's own name for this film"),
    studyDate: Type.Optional(Type.String({ format: 'date', description: 'Day on which the film was taken' })),
    label: text("The sender's own words for this film"),
  },
  { description: 'Whose film it is. Unknown members are left out' },
);

const listedFacts = {
  boxCount: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Reported boxes; null if the film was not analysed',
  }),
  film: Type.Object(
    {
      status: Type.Enum(['kept', 'not-kept', 'expired', 'deleted'], { type: 'string' }),
      sha256: Type.Union([Type.String(), Type.Null()], {
        description: 'Address of the film: the hash of its pixels; null until it is written',
      }),
      expiresAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    },
    { description: "Whether the film's pixels can be shown" },
  ),
  references: Type.Optional(Type.Unsafe({ $ref: 'FilmReferences#', description: 'Not for operators' })),
};
const listed = (title: string, { properties }: { readonly properties: Record<string, TSchema> }) =>
  Type.Object({ ...properties, ...listedFacts }, { title });
const ListedReport = byState('A report as it was logged, with what lists show about its film', {
  findings: 'ListedFindings',
  'below-threshold': 'ListedBelowThreshold',
  'not-analysed': 'ListedNotAnalysed',
});
const items = Type.Array(Type.Unsafe({ $ref: 'ListedReport#' }));
const DetectionList = Type.Object({ items });
const DetectionPage = Type.Object({
  items,
  nextCursor: NextCursorSchema,
  total: Type.Optional(
    Type.Union([Type.Integer(), Type.Null()], {
      description: 'Total number of rows, with `count`; null if counting them would take too long',
    }),
  ),
  position: Type.Optional(
    Type.Integer({
      description: 'Where to continue with `after`; sent with `after`, and with the first page if `count` is set',
    }),
  ),
});

const LoggedFilm = Type.Object(
  {
    id: Type.String(),
    createdAt: Type.String({ format: 'date-time' }),
    state: Type.Enum([...reportStates], { type: 'string' }),
    reason: Type.Union([Type.String(), Type.Null()], { description: 'Code; null if the film was analysed' }),
    model: Type.Object({ name: Type.String(), version: Type.String() }),
    submitter: Type.String(),
    filmScore: Type.Union([Type.Number(), Type.Null()]),
    boxCount: Type.Union([Type.Integer(), Type.Null()]),
    latencyMs: Type.Number({ description: 'Waiting, decoding, inference and boxes' }),
  },
  { description: 'The data of an event of the tail' },
);

const modelSummary = {
  ...modelFactsSchemas,
  default: Type.Boolean({ description: 'Used if a request names no model' }),
  lookedFor: Type.Array(Type.String()),
  notice: Type.String(),
  provider: Type.Union([Type.String(), Type.Null()], { description: 'Execution provider in use' }),
  specSha256: Type.String(),
  onnxSha256: Type.String(),
};
const ModelSummary = Type.Object(modelSummary);
const Model = Type.Object({
  ...modelSummary,
  spec: Type.Unsafe({ $ref: 'ModelSpec#' }),
  card: Type.Union([Type.String(), Type.Null()], { description: 'The model card, Markdown' }),
});

const Liveness = Type.Object({ status: Type.Literal('live'), version: Type.String() });

const Readiness = Type.Object({
  status: Type.Literal('ready'),
  version: Type.String(),
  engine: Type.Object({
    state: Type.String(),
    provider: Type.Union([Type.String(), Type.Null()]),
    queuedFilms: Type.Integer(),
  }),
  database: Type.Object({
    kind: Type.String(),
    durability: Type.String({ description: 'What a committed row survives' }),
    state: Type.String(),
  }),
  models: Type.Array(Type.Object({ name: Type.String(), version: Type.String(), default: Type.Boolean() })),
  pacs: Type.Optional(
    Type.Array(
      Type.Object({
        source: Type.String(),
        state: Type.Union([Type.Literal('starting'), Type.Literal('reachable'), Type.Literal('failing')]),
        code: Type.Union([Type.String(), Type.Null()], { description: 'Why the last pass over it failed' }),
        sweptAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
      }),
      { description: 'Where films are taken from, if this process does that; readiness does not depend on it' },
    ),
  ),
});

export const components: Readonly<Record<string, object>> = {
  Findings: FindingsSchema,
  BelowThreshold: BelowThresholdSchema,
  NotAnalysed: NotAnalysedSchema,
  Report,
  FindingsView,
  BelowThresholdView,
  ReportView,
  ListedFindings: listed('ListedFindings', FindingsSchema),
  ListedBelowThreshold: listed('ListedBelowThreshold', BelowThresholdSchema),
  ListedNotAnalysed: listed('ListedNotAnalysed', NotAnalysedSchema),
  ListedReport,
  FilmReferences,
  DetectionList,
  DetectionPage,
  LoggedFilm,
  Review: ReviewSchema,
  ReviewList: ReviewListSchema,
  DetectionProof: DetectionProofSchema,
  CheckpointList: CheckpointListSchema,
  ModelSpec: ModelSpecSchema,
  ModelSummary,
  Model,
  Token: TokenSchema,
  TokenList: TokenListSchema,
  Session: SessionSchema,
  Site: SiteSchema,
  Statistics: StatisticsSchema,
  User: UserSchema,
  UserList: UserListSchema,
  Liveness,
  Readiness,
  Problem,
};
