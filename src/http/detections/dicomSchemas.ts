import type { FastifySchema } from 'fastify';
import { textAnswer } from '../description/answers.js';
import { NoQuerySchema } from './filterSchemas.js';
import { DetectionPathSchema } from './pathSchema.js';

const result = {
  tags: ['detections'],
  params: DetectionPathSchema,
  querystring: NoQuerySchema,
  problems: ['bad-parameter', 'not-found', 'no-dicom-result', 'log-unavailable'],
} satisfies FastifySchema;

const whose =
  'A DICOM Part 10 file for the study of a film that came as DICOM. It names the patient by `patientRef` and the ' +
  'study by the references of the film: for its sender and for radiologists. Its UIDs are derived from the film, ' +
  'the model and the outcome, so the same result always has the same. ';

export const structuredReportSchema = {
  ...result,
  operationId: 'getDicomStructuredReport',
  summary: 'The result as a DICOM structured report',
  description:
    `${whose}Comprehensive 3D SR of TID 1500, in all three states: each box is a measurement group that OHIF can ` +
    'edit, with its score as certainty of finding.',
  response: { 200: textAnswer('The structured report', 'application/dicom') },
} satisfies FastifySchema;

export const presentationStateSchema = {
  ...result,
  operationId: 'getDicomPresentationState',
  summary: 'The boxes as a DICOM presentation state',
  description:
    `${whose}Grayscale Softcopy Presentation State: boxes, state and notice as graphic annotations. The log doesn't ` +
    'keep the window of the film, so it has none: viewers that keep to the letter show the film without one. What ' +
    '`detect --dicom-pr` writes has it.',
  response: { 200: textAnswer('The presentation state', 'application/dicom') },
} satisfies FastifySchema;
