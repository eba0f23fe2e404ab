import { isFiniteNumber, toNumber } from '../../text/json.js';

export type Id = string | number;

export function isId(value: unknown): value is Id {
  return typeof value === 'string' || isFiniteNumber(value);
}

/** Looks values up by an id: `'ambiguous'` if several have it. */
export type ById<Value> = (id: unknown) => Value | 'ambiguous' | undefined;

/**
 * VGG Image Annotator and converters write `"image_id": "0"` for the image 0, others "0001", " 1" or "1.0" for 1. An id
 * that is identical comes first, then one with the same text, then one with the same number, each only if exactly one
 * value has it.
 *
 * @example
 * const imageOf = byId([[0, 'a.jpg'], [1, 'b.jpg'], [1, 'c.jpg']]);
 * imageOf('0'); // 'a.jpg'
 * imageOf(1); // 'ambiguous'
 */
export function byId<Value>(entries: readonly (readonly [Id, Value])[]): ById<Value> {
  const exact = grouped(entries);
  const asText = grouped(entries.map(([id, value]) => [String(id), value] as const));
  const asNumber = grouped(entries.flatMap(([id, value]) => numberOf(id).map((number) => [number, value] as const)));
  return (id) => {
    if (!isId(id)) return undefined;
    const sameNumber = numberOf(id).flatMap((number) => asNumber.get(number) ?? []);
    const [only, ...more] = exact.get(id) ?? asText.get(String(id)) ?? sameNumber;
    return more.length > 0 ? 'ambiguous' : only;
  };
}

function numberOf(id: Id): number[] {
  const number = toNumber(id);
  return number === undefined ? [] : [number];
}

function grouped<Value>(entries: readonly (readonly [Id, Value])[]): Map<Id, Value[]> {
  const groups = new Map<Id, Value[]>();
  for (const [id, value] of entries) groups.set(id, [...(groups.get(id) ?? []), value]);
  return groups;
}
