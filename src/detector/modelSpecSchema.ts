import { Type } from 'typebox';

/**
 * ModelSpec: everything that the core must know about a network, and nothing else. It is the network's `model.json`;
 * its JSON Schema is published as docs/model-spec.schema.json.
 *
 * Import this file or parseModelSpec by name. The index leaves both out: schemas take a quarter of a second to load,
 * and children that replace a crashed one get specs that are already parsed.
 */

const closed = { additionalProperties: false } as const;
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Probability = Type.Number({ minimum: 0, maximum: 1 });

const Input = Type.Object(
  {
    tensor: Type.String({
      minLength: 1,
      description: 'Name of the ONNX input, float32, N × channels × height × width',
    }),
    width: Type.Integer({ minimum: 8, maximum: 4096 }),
    height: Type.Integer({ minimum: 8, maximum: 4096 }),
    channels: Type.Union([Type.Literal(1), Type.Literal(3)]),
    layout: Type.Literal('nchw'),
    colour: Type.Union([Type.Literal('grey'), Type.Literal('rgb')], {
      description:
        'grey: one plane (a colour film by its Rec. 601 luma), repeated in every channel; ' +
        'rgb: three planes, a grey film repeated',
    }),
    scale: Type.Number({ exclusiveMinimum: 0, description: 'tensor = (pixel − mean) · scale, with pixels in 0…1' }),
    mean: Type.Number({ description: 'Subtracted from pixels in 0…1, before the scale' }),
  },
  closed,
);

const Window = Type.Union(
  [
    Type.Literal('none'),
    Type.Object(
      {
        percentile: Type.Tuple([Type.Number({ minimum: 0, maximum: 100 }), Type.Number({ minimum: 0, maximum: 100 })]),
      },
      closed,
    ),
  ],
  {
    description:
      'Grey levels stretched to 0…1 before anything else, from the histogram of the whole upright film at ' +
      'full depth, ' +
      "nearest rank. `none` maps the full range of the file's depth to 0…1",
  },
);

const Fit = Type.Object(
  {
    mode: Type.Union([Type.Literal('letterbox'), Type.Literal('stretch')]),
    interpolation: Type.Union(
      [Type.Literal('area'), Type.Literal('bilinear'), Type.Literal('bilinear-corner'), Type.Literal('bicubic')],
      {
        description:
          'area: average of the covered area (OpenCV INTER_AREA), half-pixel bilinear when enlarging; ' +
          'bilinear: half-pixel centres (OpenCV INTER_LINEAR); bilinear-corner: darknet; bicubic: Pillow (Keras)',
      },
    ),
    arithmetic: Type.Union([Type.Literal('float32'), Type.Literal('uint8')], {
      description:
        'uint8: pixels are rounded to 256 levels after windowing and after resizing, as a byte image would be',
    }),
    fill: Type.Number({ minimum: 0, maximum: 1, description: 'Value of the bars around a letterboxed film, in 0…1' }),
    unletterbox: Type.Union([Type.Literal('exact'), Type.Literal('darknet')], {
      description:
        'exact: boxes go back by the offset at which the film was pasted; darknet: by the un-floored half of the rest',
    }),
  },
  closed,
);

const Head = Type.Object(
  {
    tensor: Type.String({
      minLength: 1,
      description: 'Name of the ONNX output, N × anchors·(5 + classes) × height/stride × width/stride',
    }),
    stride: Type.Integer({ minimum: 1 }),
    anchors: Type.Array(Type.Tuple([Type.Number({ exclusiveMinimum: 0 }), Type.Number({ exclusiveMinimum: 0 })]), {
      minItems: 1,
      description: 'Width and height in pixels of the network input',
    }),
    scaleXY: Type.Number({
      exclusiveMinimum: 0,
      description: 'x = (scaleXY·σ(tx) − (scaleXY − 1)/2 + column) · stride',
    }),
    box: Type.Union([Type.Literal('exp'), Type.Literal('square')], {
      description:
        'exp: raw logits, w = exp(tw) · anchor; ' +
        'square (darknet new_coords): values already logistic, w = (2·tw)² · anchor',
    }),
  },
  closed,
);

const ModelClass = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    title: Type.String({ minLength: 1, maxLength: 128 }),
    colour: Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }),
    role: Type.Union([Type.Literal('lesion'), Type.Literal('attribute')], {
      description:
        'lesion classes make boxes; ' +
        'attribute classes describe a box (probability given the object, without objectness)',
    }),
  },
  closed,
);

const Nms = Type.Object(
  {
    kind: Type.Literal('greedy'),
    iou: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'A box is suppressed when its IoU with a better one is greater',
    }),
    perClass: Type.Boolean(),
    maximum: Type.Integer({ minimum: 1, description: 'Boxes left at most, best first' }),
  },
  closed,
);

const fittedOn = Type.Optional(Type.String({ minLength: 1, description: 'What it was fitted on' }));

const Calibration = Type.Union([
  Type.Null(),
  Type.Object(
    {
      kind: Type.Literal('platt'),
      slope: Type.Number({ exclusiveMinimum: 0 }),
      intercept: Type.Number(),
      source: fittedOn,
    },
    { ...closed, description: 'score = σ(slope · logit(raw) + intercept)' },
  ),
  Type.Object(
    {
      kind: Type.Literal('beta'),
      a: Type.Number({ exclusiveMinimum: 0 }),
      b: Type.Number({ exclusiveMinimum: 0 }),
      c: Type.Number(),
      source: fittedOn,
    },
    { ...closed, description: 'score = σ(a · ln(raw) − b · ln(1 − raw) + c)' },
  ),
]);

export const ModelSpecSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' }),
    version: Type.String({
      pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$',
      description: 'Raised whenever the spec changes',
    }),
    onnxSha256: Sha256,
    licence: Type.String({ minLength: 1, description: 'SPDX identifier, or the words of the licence' }),
    intendedUse: Type.String({ minLength: 1 }),
    notice: Type.String({ minLength: 1, description: 'Stands in every report' }),
    input: Input,
    window: Window,
    fit: Fit,
    heads: Type.Array(Head, { minItems: 1 }),
    classes: Type.Array(ModelClass, { minItems: 1 }),
    nms: Nms,
    threshold: Type.Object(
      {
        score: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          description: 'Operating point, on the calibrated score',
        }),
        source: Type.String({ minLength: 1, description: 'Where the operating point came from' }),
      },
      closed,
    ),
    candidateFloor: Type.Object(
      {
        score: Probability,
        maximum: Type.Integer({ minimum: 1, maximum: 1000 }),
      },
      { ...closed, description: 'What a row keeps: candidates with at least this raw score, at most so many' },
    ),
    calibration: Calibration,
    inputGate: Type.Union([Type.Literal('none'), Type.Object({ name: Type.String(), version: Type.String() }, closed)]),
    maxBatch: Type.Integer({ minimum: 1, maximum: 64 }),
  },
  { ...closed, title: 'ModelSpec' },
);
