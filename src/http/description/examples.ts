import type { BelowThresholdReport, FindingsReport, NotAnalysedReport } from '../../report/index.js';

/** Examples for OpenAPI: one report for each state. A test checks them against the schemas. */

const model = {
  name: 'cxr-opacity',
  version: '1.0.0',
  specSha256: '6c0a2f6f0d6f2b8a5b5de2f39b7a0f1d3c8e6b7490a1c2d3e4f5061728394a5b',
  onnxSha256: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
};
const common = {
  schemaVersion: 1 as const,
  lookedFor: ['opacity'],
  notice: 'Research use only. Not for diagnosis.',
  model,
  submitter: 'ris',
};
const image = {
  sha256: '9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de',
  width: 2021,
  height: 2021,
  format: 'png',
  bits: 16,
  preparation: { window: [812, 3901] satisfies [number, number], inverted: false, orientation: 1, rangeUsed: 0.0603 },
};
const timings = { queueMs: 0.4, decodeMs: 9.1, inferMs: 71, postMs: 0.3 };

export const findingsExample: FindingsReport = {
  ...common,
  id: '0198f0c2-7d1a-7c3e-8a55-2f6b1c9d4e10',
  createdAt: '2025-08-28T15:23:44.154Z',
  state: 'findings',
  provider: 'cpu',
  image,
  threshold: 0.31,
  filmScore: 0.87,
  attributes: {},
  detections: [
    {
      id: '0198f0c2-7d1a-7c3e-8a55-2f6b1c9d4e10-1',
      class: 'opacity',
      score: 0.87,
      scores: { opacity: 0.87 },
      attributes: {},
      box: { x: 310.2, y: 640, width: 402.9, height: 512.4 },
    },
  ],
  externalId: 'study-4711',
  timings,
};

export const belowThresholdExample: BelowThresholdReport = {
  ...common,
  id: '0198f0c2-8f60-7d21-9b0c-71d0a3e5f842',
  createdAt: '2025-08-28T15:23:48.832Z',
  state: 'below-threshold',
  provider: 'cpu',
  image,
  threshold: 0.31,
  filmScore: 0.12,
  attributes: null,
  detections: [],
  timings,
};

export const notAnalysedExample: NotAnalysedReport = {
  ...common,
  id: '0198f0c2-a3c8-7e9f-a1b2-c3d4e5f60718',
  createdAt: '2025-08-28T15:23:54.056Z',
  state: 'not-analysed',
  provider: null,
  image: null,
  reason: { code: 'deadline', detail: 'The film was not analysed within 30000 ms.' },
  timings: { queueMs: 30000, decodeMs: 0, inferMs: 0, postMs: 0 },
};

export const reportExamples = {
  findings: { summary: 'Boxes reached the threshold', value: findingsExample },
  'below-threshold': { summary: 'The network ran; nothing reached the threshold', value: belowThresholdExample },
  'not-analysed': { summary: 'The film was not analysed', value: notAnalysedExample },
};
