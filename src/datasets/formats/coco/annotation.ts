import { type AnnotatedBox, boxAround } from '../../annotations.js';
import type { Fault } from '../../text/fault.js';
import { isFiniteNumber, type JsonObject, toNumber, without } from '../../text/json.js';
import type { ReadContext } from '../format.js';
import type { ById } from './ids.js';

type Lost = Pick<Fault, 'code' | 'message'>;

export function boxOfAnnotation(
  annotation: JsonObject,
  labelOf: ById<string>,
  { crowdsAsBoxes = false }: ReadContext,
): AnnotatedBox | Lost {
  const { id, category_id: category, score } = annotation;
  if (isCrowd(annotation) && !crowdsAsBoxes)
    return { code: 'crowd', message: `the annotation ${String(id)} is a crowd: its box holds many things, not one` };
  const label = labelOf(category);
  if (label === undefined || label === 'ambiguous')
    return {
      code: 'unknown-label',
      message: `the annotation ${String(id)} is of category ${String(category)}, which is not listed`,
    };
  const bounds = boundsOf(annotation);
  if ('code' in bounds) return bounds;
  const scored = isFiniteNumber(score);
  const rest = scored ? without(annotation, 'bbox', 'image_id', 'score') : without(annotation, 'bbox', 'image_id');
  return { label, ...bounds, ...(scored ? { score } : {}), extras: { coco: { annotation: rest } } };
}

/** A region that holds many things without a box for each, often with a run-length mask. */
export function isCrowd({ iscrowd }: JsonObject): boolean {
  return iscrowd === true || toNumber(iscrowd) === 1;
}

function boundsOf({ id, bbox, segmentation }: JsonObject): Pick<AnnotatedBox, 'box' | 'far'> | Lost {
  if (!Array.isArray(bbox) || bbox.length === 0)
    return boxOfPolygons(segmentation) ?? { code: 'not-a-box', message: `the annotation ${String(id)} has no bbox` };
  const [x, y, width, height, ...more] = bbox.map(toNumber);
  if (x === undefined || y === undefined || width === undefined || height === undefined || more.length > 0) {
    return {
      code: 'not-a-number',
      message: `the bbox of annotation ${String(id)} is ${JSON.stringify(bbox)}, not four numbers`,
    };
  }
  return { box: { x, y, width, height } };
}

/** `[[x1, y1, x2, y2, …], …]`: one or more polygons of one thing. */
function boxOfPolygons(segmentation: unknown): Pick<AnnotatedBox, 'box' | 'far'> | undefined {
  if (!Array.isArray(segmentation)) return undefined;
  const numbers = segmentation.flat().map(toNumber);
  const known = numbers.filter((value) => value !== undefined);
  if (known.length !== numbers.length || known.length < 6 || known.length % 2 !== 0) return undefined;
  return boxAround(known.flatMap((x, i) => (i % 2 === 0 ? [{ x, y: known[i + 1] ?? x }] : [])));
}
