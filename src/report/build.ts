import { type Candidate, clipBox, type Detection, type ModelSpec } from '../detector/index.js';
import type { Report, ReportedBox } from './schema.js';

/** What identifies a report and its model, whatever the outcome. */
export interface ReportContext {
  /** UUIDv7 whose time is `createdAt`. */
  readonly id: string;
  readonly createdAt: Date;
  readonly model: { readonly spec: ModelSpec; readonly specSha256: string };
  readonly submitter: string;
  readonly externalId?: string;
  /** Replaces the model's operating point. For the command line only: no caller of the service can silence a film. */
  readonly threshold?: number;
}

type ReportImage = NonNullable<Report['image']>;

/** The outcome for the film: the engine's Analysis without the parts that a report doesn't use. */
export type ReportOutcome =
  | {
      readonly kind: 'analysed';
      readonly film: ReportImageLike;
      readonly detection: Detection;
      readonly provider: string;
      readonly timings: Report['timings'];
    }
  | {
      readonly kind: 'refused-by-gate' | 'failed';
      readonly film?: ReportImageLike;
      readonly code: string;
      readonly detail: string;
      readonly timings: Report['timings'];
    };

/** FilmFacts of the imaging room. */
export interface ReportImageLike extends Omit<ReportImage, 'preparation' | 'dicom'> {
  readonly preparation: {
    readonly window: readonly [number, number] | null;
    readonly inverted: boolean;
    readonly orientation: number;
    readonly rangeUsed?: number;
  };
  readonly dicom?: Readonly<NonNullable<ReportImage['dicom']>>;
}

export interface BuiltReport {
  readonly report: Report;
  /** Everything from the floor up, reported boxes first: what the row keeps. */
  readonly candidates: readonly ReportedBox[];
}

/**
 * Builds the report of one film. Boxes are clipped to the film after NMS, and those that vanish are dropped; the state
 * is decided at the model's operating point, on the rounded scores. Keys are in the order of the contract, so that
 * `JSON.stringify` gives the one text of this report.
 */
export function buildReport(context: ReportContext, outcome: ReportOutcome): BuiltReport {
  const { spec } = context.model;
  const provider = outcome.kind === 'analysed' ? outcome.provider : null;
  const head = {
    lookedFor: lesionClasses(spec),
    notice: spec.notice,
    model: {
      name: spec.name,
      version: spec.version,
      specSha256: context.model.specSha256,
      onnxSha256: spec.onnxSha256,
    },
    provider,
  };
  const identity = { schemaVersion: 1 as const, id: context.id, createdAt: context.createdAt.toISOString() };
  const origin = {
    ...(context.externalId === undefined ? {} : { externalId: context.externalId }),
    submitter: context.submitter,
    timings: timingsOf(outcome.timings),
  };

  if (outcome.kind !== 'analysed') {
    const image = outcome.film === undefined ? null : imageOf(outcome.film);
    const reason = { code: outcome.code, detail: outcome.detail };
    return { report: { ...identity, state: 'not-analysed', ...head, image, reason, ...origin }, candidates: [] };
  }

  const { detection, film } = outcome;
  const candidates = reportedBoxes(context.id, detection.candidates, film);
  const threshold = context.threshold ?? spec.threshold.score;
  const detections = candidates.filter((c) => c.score >= threshold);
  const result = {
    image: imageOf(film),
    threshold,
    filmScore: detection.filmScore,
    attributes: candidates[0]?.attributes ?? null,
  };
  const report: Report =
    detections.length > 0
      ? { ...identity, state: 'findings', ...head, ...result, detections, ...origin }
      : { ...identity, state: 'below-threshold', ...head, ...result, detections: [], ...origin };
  return { report, candidates };
}

/** Names of the lesion classes: `lookedFor` in a report of this model. */
export function lesionClasses(spec: ModelSpec): string[] {
  return spec.classes.flatMap((c) => (c.role === 'lesion' ? [c.name] : []));
}

function reportedBoxes(
  id: string,
  candidates: readonly Candidate[],
  film: { width: number; height: number },
): ReportedBox[] {
  const boxes: ReportedBox[] = [];
  for (const candidate of candidates) {
    const clipped = clipBox(candidate.box, film);
    if (clipped === undefined) continue;
    const box = {
      x: round2(clipped.x),
      y: round2(clipped.y),
      width: round2(clipped.width),
      height: round2(clipped.height),
    };
    if (box.width === 0 || box.height === 0) continue;
    boxes.push({
      id: `${id}-${boxes.length + 1}`,
      class: candidate.class,
      score: candidate.score,
      scores: { ...candidate.scores },
      attributes: { ...candidate.attributes },
      box,
    });
  }
  return boxes;
}

function imageOf({ sha256, width, height, format, bits, preparation, dicom }: ReportImageLike): ReportImage {
  const { window, inverted, orientation, rangeUsed } = preparation;
  return {
    sha256,
    width,
    height,
    format,
    bits,
    preparation: {
      window: window === null ? null : [window[0], window[1]],
      inverted,
      orientation,
      ...(rangeUsed === undefined ? {} : { rangeUsed }),
    },
    ...(dicom === undefined ? {} : { dicom }),
  };
}

function timingsOf({ queueMs, decodeMs, inferMs, postMs }: Report['timings']): Report['timings'] {
  return { queueMs: round2(queueMs), decodeMs: round2(decodeMs), inferMs: round2(inferMs), postMs: round2(postMs) };
}

/** Sides of a clipped box are differences of rounded numbers: this removes floating-point noise, not information. */
function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
