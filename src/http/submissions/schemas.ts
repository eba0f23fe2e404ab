import type { FastifySchema } from 'fastify';
import { type FieldName, fieldNames, headerOf, maximumFieldLength } from './fields.js';
import { answer } from '../description/answers.js';
import { reportExamples } from '../description/examples.js';
import { NoQuerySchema } from '../detections/filterSchemas.js';

const meanings: Readonly<Record<FieldName, string>> = {
  model: 'Name of the model to use; without it, the default one',
  patientRef: "The sender's reference to the patient. Kept apart from the report, so that it can be erased",
  accessionNumber: 'Accession number of the study',
  studyInstanceUid: 'DICOM Study Instance UID',
  seriesInstanceUid: 'DICOM Series Instance UID',
  sopInstanceUid: 'DICOM SOP Instance UID',
  externalId: "The sender's own name for this film; comes back in the report",
  studyDate: 'Day on which the film was taken, YYYY-MM-DD; priors are sorted by it',
  label: "The sender's own words for this film, shown with it",
};

const field = (name: FieldName, description: string) => ({
  type: 'string',
  maxLength: maximumFieldLength,
  ...(name === 'studyDate' && { pattern: '^(\\d{4}-\\d{2}-\\d{2})?$' }),
  description,
});
const location = { Location: { type: 'string', description: 'Path of the report' } };

export const submissionSchema = {
  operationId: 'submitFilm',
  tags: ['detections'],
  summary: 'Finds lesions on a film',
  description:
    'Takes a DICOM, JPEG, PNG, TIFF or WebP film as the file part `image` of a form, or as the raw body with ' +
    'any other content type, and answers once its report is committed to the log. `state` gives the ' +
    'outcome; an error never looks like an empty list of findings.',
  querystring: NoQuerySchema,
  headers: {
    type: 'object',
    properties: {
      'idempotency-key': {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        pattern: '^[!-~]+$',
        description:
          'Makes retries safe: the same key with the same film and fields gets 200 and the ' +
          'first report, even if that says `not-analysed`',
      },
      ...Object.fromEntries(
        fieldNames.map((name) => [headerOf(name), field(name, `${meanings[name]} (the field \`${name}\` of a form)`)]),
      ),
    },
  },
  body: {
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['image'],
          properties: {
            image: { type: 'string', format: 'binary', description: 'The film' },
            ...Object.fromEntries(fieldNames.map((name) => [name, field(name, meanings[name])])),
          },
        },
      },
      'application/octet-stream': { schema: { type: 'string', format: 'binary', description: "The film's bytes" } },
    },
  },
  response: {
    200: answer('The first report for this Idempotency-Key, again', 'Report', reportExamples, {
      ...location,
      'Idempotency-Replayed': { type: 'string', description: '`true`' },
    }),
    201: answer('The report, as it was committed', 'Report', reportExamples, location),
  },
  problems: [
    'bad-request',
    'no-image',
    'several-images',
    'empty-image',
    'bad-parameter',
    'unknown-model',
    'request-timeout',
    'conflict',
    'upload-too-large',
    'image-too-large',
    'unsupported-image',
    'broken-image',
    'several-frames',
    'image-too-small',
    'idempotency-mismatch',
    'internal',
    'engine-failed',
    'queue-full',
    'log-unavailable',
    'not-ready',
    'deadline',
  ],
} satisfies FastifySchema;
