import { type AnnotatedBox, boxAround } from '../annotations.js';
import type { Fault } from '../text/fault.js';
import { isList, type JsonObject, toNumber, without } from '../text/json.js';

/** The box of a VIA region (of a polygon, its bounding box), and what else its shape says. */
export interface ViaShape {
  readonly bounds: Pick<AnnotatedBox, 'box' | 'far'>;
  /** A polygon is kept whole, with its name and points. */
  readonly rest: JsonObject;
}

export function readViaShape(shape: JsonObject): ViaShape | Pick<Fault, 'code' | 'message'> {
  const { name } = shape;
  if (name !== 'rect' && name !== 'polygon')
    return { code: 'not-a-box', message: `the region is a ${String(name)}, neither a rect nor a polygon` };
  const bounds = name === 'rect' ? rectOf(shape) : boundsOfPolygon(shape);
  if (bounds === undefined) return { code: 'not-a-number', message: `the ${name} is ${JSON.stringify(shape)}` };
  return { bounds, rest: name === 'polygon' ? shape : without(shape, 'name', 'x', 'y', 'width', 'height') };
}

/** The shape as VIA writes it. */
export function writtenShape({ box }: AnnotatedBox, rest: JsonObject | undefined): JsonObject {
  if (rest?.['name'] === 'polygon') return rest;
  return { ...rest, name: 'rect', x: box.x, y: box.y, width: box.width, height: box.height };
}

function rectOf(shape: JsonObject): ViaShape['bounds'] | undefined {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((side) => toNumber(shape[side]));
  return x === undefined || y === undefined || width === undefined || height === undefined
    ? undefined
    : { box: { x, y, width, height } };
}

function boundsOfPolygon({ all_points_x: xs, all_points_y: ys }: JsonObject): ViaShape['bounds'] | undefined {
  if (!isList(xs) || !isList(ys) || xs.length !== ys.length || xs.length < 3) return undefined;
  const points = xs.flatMap((each, i) => {
    const [x, y] = [toNumber(each), toNumber(ys[i])];
    return x === undefined || y === undefined ? [] : [{ x, y }];
  });
  return points.length === xs.length ? boxAround(points) : undefined;
}
