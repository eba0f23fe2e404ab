import { type Static, Type } from 'typebox';

/**
 * The report: the answer for a film, in one of three states that can't be confused. These schemas are the contract with
 * clients (docs/api.md shows it by example); OpenAPI is generated from them.
 */

const Score = Type.Number({ minimum: 0, maximum: 1 });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const ScoreByClass = Type.Record(Type.String(), Score);

const BoxSchema = Type.Object(
  {
    x: Type.Number({ minimum: 0 }),
    y: Type.Number({ minimum: 0 }),
    width: Type.Number({ exclusiveMinimum: 0 }),
    height: Type.Number({ exclusiveMinimum: 0 }),
  },
  { description: 'Continuous pixel edges of the upright film, origin top left, clipped to the film' },
);

export const ReportedBoxSchema = Type.Object({
  id: Type.String({ description: 'Report id and rank: reviews refer to it' }),
  class: Type.String(),
  score: Score,
  scores: ScoreByClass,
  attributes: ScoreByClass,
  box: BoxSchema,
});
export type ReportedBox = Static<typeof ReportedBoxSchema>;

const TimingsSchema = Type.Object({
  queueMs: Type.Number({ minimum: 0 }),
  decodeMs: Type.Number({ minimum: 0 }),
  inferMs: Type.Number({ minimum: 0 }),
  postMs: Type.Number({ minimum: 0 }),
});

const ReportModelSchema = Type.Object({
  name: Type.String(),
  version: Type.String(),
  specSha256: Sha256,
  onnxSha256: Sha256,
});

const DicomSchema = Type.Object(
  {
    sopClass: Type.Optional(
      Type.String({ description: 'SOP class UID. Absent in rows of versions that did not keep it' }),
    ),
    transferSyntax: Type.String({ description: 'Transfer syntax UID' }),
    photometricInterpretation: Type.String(),
    windowSource: Type.Union(
      [Type.Literal('voi'), Type.Literal('voi-lut'), Type.Literal('percentile'), Type.Literal('none')],
      {
        description:
          'What became black and white: the window of the file, its VOI LUT, the 1st and 99th percentile where it ' +
          'has neither or they make no sense, or all 8 bits of a file without',
      },
    ),
    pixelSpacing: Type.Union(
      [
        Type.Object({
          rowMm: Type.Number({ exclusiveMinimum: 0 }),
          columnMm: Type.Number({ exclusiveMinimum: 0 }),
          kind: Type.Union([Type.Literal('calibrated'), Type.Literal('detector'), Type.Literal('unspecified')], {
            description: 'At the patient, at the plate behind the patient, or not specified by the file',
          }),
        }),
        Type.Null(),
      ],
      { description: 'null if the file has none, or an impossible one' },
    ),
    lossy: Type.Boolean({ description: 'Lossily compressed at some point' }),
    secondaryCapture: Type.Boolean({ description: 'A picture of something else, not taken by X-rays' }),
  },
  { description: 'For a DICOM film. Whose film it is appears only in the references, never here' },
);

const ReportImageSchema = Type.Object({
  sha256: Sha256,
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  format: Type.String(),
  bits: Type.Integer(),
  preparation: Type.Object({
    window: Type.Union([Type.Tuple([Type.Number(), Type.Number()]), Type.Null()]),
    inverted: Type.Boolean(),
    orientation: Type.Integer({ minimum: 1, maximum: 8 }),
    rangeUsed: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'Share of the value range (2^bits − 1) between the 1st and 99th percentile of the film. Small: the film ' +
          'was stored without scaling, such as 12 bits in 16. Absent in rows of versions that did not measure it',
      }),
    ),
  }),
  dicom: Type.Optional(DicomSchema),
});

const identity = {
  schemaVersion: Type.Literal(1),
  id: Type.String({ format: 'uuid', description: 'UUIDv7; its time is createdAt' }),
  createdAt: Type.String({ format: 'date-time', description: 'Upload complete, UTC' }),
};
const context = {
  lookedFor: Type.Array(Type.String(), {
    description: 'The lesion classes that the network knows; nothing else was looked for',
  }),
  notice: Type.String(),
  model: ReportModelSchema,
  provider: Type.Union([Type.String(), Type.Null()], { description: 'Execution provider that ran the network' }),
};
const result = {
  image: ReportImageSchema,
  threshold: Score,
  filmScore: Score,
  attributes: Type.Union([ScoreByClass, Type.Null()]),
};
const origin = {
  externalId: Type.Optional(Type.String({ maxLength: 128 })),
  submitter: Type.String(),
  timings: TimingsSchema,
};

export const FindingsSchema = Type.Object(
  {
    ...identity,
    state: Type.Literal('findings'),
    ...context,
    ...result,
    detections: Type.Array(ReportedBoxSchema, {
      minItems: 1,
      description: 'Boxes at or above the threshold, best first',
    }),
    ...origin,
  },
  { title: 'Findings', description: 'The network ran; these boxes reached the threshold' },
);

export const BelowThresholdSchema = Type.Object(
  {
    ...identity,
    state: Type.Literal('below-threshold'),
    ...context,
    ...result,
    detections: Type.Array(ReportedBoxSchema, { maxItems: 0 }),
    ...origin,
  },
  {
    title: 'BelowThreshold',
    description: 'The network ran; no box reached the threshold. This does not say that the film is normal',
  },
);

export const NotAnalysedSchema = Type.Object(
  {
    ...identity,
    state: Type.Literal('not-analysed'),
    ...context,
    image: Type.Union([ReportImageSchema, Type.Null()], { description: 'null if the film was not decoded' }),
    reason: Type.Object({ code: Type.String(), detail: Type.String() }),
    ...origin,
  },
  { title: 'NotAnalysed', description: 'The film was not analysed, for this reason: nothing is known about it' },
);

export const ReportSchema = Type.Union([FindingsSchema, BelowThresholdSchema, NotAnalysedSchema], { title: 'Report' });

export type FindingsReport = Static<typeof FindingsSchema>;
export type BelowThresholdReport = Static<typeof BelowThresholdSchema>;
export type NotAnalysedReport = Static<typeof NotAnalysedSchema>;
export type Report = FindingsReport | BelowThresholdReport | NotAnalysedReport;
export type ReportState = Report['state'];
export const reportStates: readonly ReportState[] = ['findings', 'below-threshold', 'not-analysed'];
