import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { timeOfId } from '../../src/database/index.js';
import { type DetectionEntry, type FilmReferences } from '../../src/log/index.js';
import type { Report, ReportedBox } from '../../src/report/schema.js';

export const model = {
  name: 'cxr-test',
  version: '1.0.0',
  specSha256: sha256('spec'),
  onnxSha256: sha256('onnx'),
  specText: 'spec',
};

export interface EntryOptions {
  readonly state?: Report['state'];
  readonly filmScore?: number;
  readonly submitter?: string;
  readonly at?: Date;
  readonly references?: FilmReferences;
  readonly class?: string;
  readonly idempotency?: DetectionEntry['idempotency'];
}

/** A whole, honest entry as the service would make it. */
export function entry({
  state = 'findings',
  filmScore = 0.87,
  submitter = 'ris',
  at,
  references = {},
  class: name = 'opacity',
  idempotency,
}: EntryOptions = {}): DetectionEntry {
  const id = at === undefined ? v7() : v7({ msecs: at.getTime() });
  const candidates = [box(`${id}-1`, name, filmScore), box(`${id}-2`, name, 0.06)];
  const shared = {
    schemaVersion: 1 as const,
    id,
    createdAt: timeOfId(id).toISOString(),
    lookedFor: [name],
    notice: 'Research use only. Not for diagnosis.',
    model: { name: model.name, version: model.version, specSha256: model.specSha256, onnxSha256: model.onnxSha256 },
    provider: 'cpu',
  };
  const image = {
    sha256: sha256(id),
    width: 2021,
    height: 2021,
    format: 'png',
    bits: 16,
    preparation: { window: [812, 3901] as [number, number], inverted: false, orientation: 1 },
  };
  const origin = {
    ...(references.externalId !== undefined && { externalId: references.externalId }),
    submitter,
    timings: { queueMs: 0.4, decodeMs: 9.1, inferMs: 71, postMs: 0.3 },
  };
  const result = { image, threshold: 0.31, filmScore, attributes: null };
  const report: Report =
    state === 'not-analysed'
      ? { ...shared, state, image: null, reason: { code: 'engine-failed', detail: 'two crashes' }, ...origin }
      : state === 'findings'
        ? { ...shared, state, ...result, detections: candidates.slice(0, 1), ...origin }
        : { ...shared, state, ...result, detections: [], ...origin };
  return {
    report,
    reportText: JSON.stringify(report),
    candidates: state === 'not-analysed' ? [] : candidates,
    candidateFloor: 0.05,
    references,
    ...(idempotency !== undefined && { idempotency }),
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function box(id: string, name: string, score: number): ReportedBox {
  return {
    id,
    class: name,
    score,
    scores: { [name]: score },
    attributes: {},
    box: { x: 310.2, y: 640, width: 402.9, height: 512.4 },
  };
}
