import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { answer } from '../description/answers.js';
import { DetectionPathSchema } from '../detections/pathSchema.js';

const note = Type.String({
  description: 'Signed note (c2sp.org/tlog-checkpoint): origin, number of entries, root of the tree, signatures',
});
const verifierKey = Type.String({
  description: 'The key that signed it, as `name+id+key`. Trust only a key that you got another way',
});
const digest = Type.String({ description: 'SHA-256, hex' });

export const DetectionProofSchema = Type.Object({
  entry: Type.String({
    description: "The entry's leaf in the tree, as JSON text: its place in the chain, and the hash over its content",
  }),
  position: Type.Integer({ description: 'Place of the leaf in the tree, from 0' }),
  size: Type.Integer({ description: 'Entries under the checkpoint' }),
  hashes: Type.Array(digest, { description: 'From the leaf to the root (RFC 9162, section 2.1.3)' }),
  content: Type.Object(
    {
      report: Type.String({ description: 'The report without `externalId`, which may be erased' }),
      candidatesSha256: digest,
      referencesDigest: Type.Union([digest, Type.Null()]),
      keyDigest: Type.Union([digest, Type.Null()]),
    },
    { description: 'What the hash in `entry` covers' },
  ),
  checkpoint: note,
  verifierKey,
});

export const CheckpointListSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      size: Type.Integer({ description: 'Entries under it' }),
      madeAt: Type.String({ description: 'RFC 3339; not signed' }),
      note,
      verifierKey,
    }),
  ),
  nextBefore: Type.Union([Type.Integer(), Type.Null()], { description: '`before` of the next page, if there is one' }),
});

export const proofSchema = {
  operationId: 'getProof',
  tags: ['log'],
  summary: 'Proof that a report stands in the log as it is',
  description:
    'Under the newest signed checkpoint, or under that of `size` entries. `docs/verify_log.py` checks it without ' +
    'code of this service.',
  params: DetectionPathSchema,
  querystring: Type.Object(
    { size: Type.Optional(Type.Integer({ minimum: 1, description: 'Entries under a checkpoint that you have' })) },
    { additionalProperties: false },
  ),
  response: { 200: answer('The proof', 'DetectionProof') },
  problems: ['bad-parameter', 'not-found', 'not-proven-yet', 'log-unavailable'],
} satisfies FastifySchema;

export const checkpointsSchema = {
  operationId: 'listCheckpoints',
  tags: ['log'],
  summary: 'Signed checkpoints of the log, newest first',
  description: 'Keep one elsewhere: `log verify --checkpoint` finds what was changed in the log since, by whomever.',
  querystring: Type.Object(
    {
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 50, description: 'At most so many' }),
      before: Type.Optional(Type.Integer({ minimum: 1, description: 'Only checkpoints of fewer entries' })),
    },
    { additionalProperties: false },
  ),
  response: { 200: answer('Checkpoints', 'CheckpointList') },
  problems: ['bad-parameter', 'log-unavailable'],
} satisfies FastifySchema;
