import { iou, type ImageBox } from '../src/detector/index.js';

/** A box as the service and the peers return it. */
export interface AnsweredBox {
  readonly class: string;
  readonly score: number;
  readonly box: ImageBox;
}

/** The `detections` of an answer; throws if it has none. */
export function detectionsOf(text: string): AnsweredBox[] {
  const answer: unknown = JSON.parse(text);
  if (!isRecord(answer) || !Array.isArray(answer['detections']))
    throw new Error(`no detections in ${text.slice(0, 200)}`);
  const detections: readonly unknown[] = answer['detections'];
  return detections.map((detection) => {
    if (isAnsweredBox(detection)) return detection;
    throw new Error(`no detection: ${JSON.stringify(detection)}`);
  });
}

export interface Agreement {
  readonly boxes: number;
  /** Boxes of one side that the other lacks. */
  readonly unmatched: number;
  readonly worstScoreDifference: number;
  readonly worstIou: number;
}

/** How far two lists of boxes from the same films agree, over the boxes with at least this score on either side. */
export function agreementOf(
  films: readonly { readonly ours: readonly AnsweredBox[]; readonly theirs: readonly AnsweredBox[] }[],
  minScore: number,
): Agreement {
  const agreement = { boxes: 0, unmatched: 0, worstScoreDifference: 0, worstIou: 1 };
  const compare = (boxes: readonly AnsweredBox[], others: readonly AnsweredBox[]) => {
    for (const box of boxes) {
      if (box.score < minScore) continue;
      agreement.boxes += 1;
      const twin = others
        .filter((other) => other.class === box.class)
        .sort((a, b) => iou(b.box, box.box) - iou(a.box, box.box))[0];
      const overlap = twin === undefined ? 0 : iou(twin.box, box.box);
      if (twin === undefined || overlap < 0.5) {
        agreement.unmatched += 1;
        continue;
      }
      agreement.worstIou = Math.min(agreement.worstIou, overlap);
      agreement.worstScoreDifference = Math.max(agreement.worstScoreDifference, Math.abs(twin.score - box.score));
    }
  };
  for (const { ours, theirs } of films) {
    compare(ours, theirs);
    compare(theirs, ours);
  }
  return agreement;
}

function isAnsweredBox(value: unknown): value is AnsweredBox {
  return (
    isRecord(value) && typeof value['class'] === 'string' && typeof value['score'] === 'number' && isBox(value['box'])
  );
}

function isBox(value: unknown): value is ImageBox {
  return isRecord(value) && ['x', 'y', 'width', 'height'].every((side) => typeof value[side] === 'number');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
