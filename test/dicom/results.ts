import type { SourceInstance } from '../../src/dicom/index.js';
import type { Report, ReportedBox } from '../../src/report/index.js';

/** Reports and films to make objects of. */

const id = '0198f0c2-a3c8-7e9f-a1b2-c3d4e5f60718';
const head = { schemaVersion: 1, id, createdAt: '2026-01-31T10:00:00.123Z' } as const;
const context = {
  lookedFor: ['opacity'],
  notice: 'Research use only. Not for diagnosis.',
  model: { name: 'cxr-opacity', version: '1.0.0', specSha256: 'a1'.repeat(32), onnxSha256: 'b2'.repeat(32) },
  provider: 'cpu',
};
const image: NonNullable<Report['image']> = {
  sha256: 'c3'.repeat(32),
  width: 512,
  height: 420,
  format: 'dicom',
  bits: 16,
  preparation: { window: null, inverted: false, orientation: 1 },
  dicom: {
    transferSyntax: '1.2.840.10008.1.2.1',
    photometricInterpretation: 'MONOCHROME2',
    windowSource: 'voi',
    pixelSpacing: { rowMm: 0.14, columnMm: 0.14, kind: 'detector' },
    lossy: false,
    secondaryCapture: false,
  },
};
const origin = { submitter: 'ris', timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 } };

export const source: SourceInstance = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.1',
  sopInstanceUid: '1.2.826.0.1.3680043.8.498.1',
  seriesInstanceUid: '1.2.826.0.1.3680043.8.498.3',
  studyInstanceUid: '1.2.826.0.1.3680043.8.498.2',
  patientId: 'PAT-1',
  patientName: 'Doe^Jane',
  patientBirthDate: '19700101',
  patientSex: 'F',
  studyDate: '20260131',
  studyTime: '101500',
  studyId: '1',
  accessionNumber: 'ACC-1',
  bodyPartExamined: 'CHEST',
  greyLevels: { rescale: { slope: 1, intercept: 0 }, window: { center: 2048, width: 4096 } },
};

type Place = readonly [x: number, y: number, width: number, height: number];

export function boxAt([x, y, width, height]: Place, rank: number, name = 'opacity', score = 0.8731): ReportedBox {
  return { id: `${id}-${rank}`, class: name, score, scores: {}, attributes: {}, box: { x, y, width, height } };
}

export function findings(
  detections: ReportedBox[],
  more: Partial<Pick<Report, 'model' | 'notice'>> = {},
  changed: Partial<NonNullable<Report['image']>> = {},
): Report {
  const result = { image: { ...image, ...changed }, threshold: 0.31, filmScore: 0.8731, attributes: null };
  return { ...head, state: 'findings', ...context, ...more, ...result, detections, ...origin };
}

export function belowThreshold(): Report {
  const result = { image, threshold: 0.31, filmScore: 0.12, attributes: null };
  return { ...head, state: 'below-threshold', ...context, ...result, detections: [], ...origin };
}

export function notAnalysed(decoded: boolean): Report {
  const reason = { code: 'not-a-frontal-chest-film', detail: 'The file says that it is a lateral.' };
  return { ...head, state: 'not-analysed', ...context, image: decoded ? image : null, reason, ...origin };
}
