import type { ImageBox } from './boxes.js';
import { calibrate } from './calibration.js';
import { classProbability, decodeHeads, type RawCandidate } from './decode.js';
import type { Candidate, Detection } from './detection.js';
import { type FitPlan, toImageBox } from './letterbox.js';
import { byRank, suppress } from './nms.js';
import type { ModelSpec } from './spec.js';

/**
 * What the network finds on one film: heads → boxes → NMS → calibrated scores on the upright film. The spec determines
 * everything. Boxes are not clipped. Scores are rounded to 6 decimals and coordinates to 2, here and nowhere else, so
 * that state, report and row can't disagree.
 *
 * @param heads raw heads of the film, in spec order, each anchors·(5 + classes) × rows × columns
 * @param options.floor keeps every candidate from this raw score on; default: the spec's floor and maximum
 * @throws HeadValueError if a head contains NaN or infinite values
 *
 * @example
 * const plan = planFit(spec, { width: 2021, height: 1800 });
 * const { filmScore, candidates } = detect(heads, spec, plan);
 */
export function detect(
  heads: readonly Float32Array[],
  spec: ModelSpec,
  plan: FitPlan,
  options: { readonly floor?: number } = {},
): Detection {
  const floor = options.floor ?? spec.candidateFloor.score;
  const decoded = decodeHeads(heads, spec, floor);
  const left = suppress(decoded.candidates, spec.nms);
  const kept = options.floor === undefined ? left.slice(0, spec.candidateFloor.maximum) : left;
  const candidates = kept.map((raw) => candidateOf(raw, heads, spec, plan));
  // Rounding makes ties, so sort by the reported numbers.
  return { filmScore: reported(decoded.best, spec), candidates: candidates.sort(byRank) };
}

function candidateOf(raw: RawCandidate, heads: readonly Float32Array[], spec: ModelSpec, plan: FitPlan): Candidate {
  const scores: Record<string, number> = {};
  const attributes: Record<string, number> = {};
  spec.classes.forEach((c, i) => {
    const probability = classProbability(heads, spec, raw, i);
    if (c.role === 'lesion') scores[c.name] = reported(raw.objectness * probability, spec);
    else attributes[c.name] = rounded(probability, 6);
  });
  return {
    classIndex: raw.classIndex,
    class: spec.classes[raw.classIndex]!.name,
    score: reported(raw.score, spec),
    scores,
    attributes,
    box: roundedBox(toImageBox(plan, raw.box)),
  };
}

function reported(raw: number, spec: ModelSpec): number {
  return rounded(calibrate(raw, spec.calibration), 6);
}

function roundedBox(box: ImageBox): ImageBox {
  return { x: rounded(box.x, 2), y: rounded(box.y, 2), width: rounded(box.width, 2), height: rounded(box.height, 2) };
}

function rounded(value: number, decimals: 2 | 6): number {
  const factor = decimals === 2 ? 1e2 : 1e6;
  // −0 would be written as 0 and read back as a different value.
  return Math.round(value * factor) / factor + 0;
}

/** The candidate floor on the scale of reported scores: a candidate below it is in no row. */
export function reportedFloor({
  candidateFloor,
  calibration,
}: Pick<ModelSpec, 'candidateFloor' | 'calibration'>): number {
  return rounded(calibrate(candidateFloor.score, calibration), 6);
}
