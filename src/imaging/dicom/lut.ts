import type { Attributes } from './attributes.js';
import { tags } from './tags.js';

export interface Lut {
  /** Values below the first entry get the first, values above the last get the last. */
  readonly valueAt: (value: number) => number;
  /** 2^bits − 1. */
  readonly greatest: number;
}

const lutTags: { readonly descriptor: string; readonly data: string } = {
  descriptor: tags.lutDescriptor,
  data: tags.lutData,
};

/**
 * A lookup table of PS3.3, C.11.1.1: three numbers that describe it (number of entries, 0 meaning 65,536; the value
 * that the first entry maps; bits per entry) and its data.
 *
 * @param signed whether the mapped values may be negative: then the second number is signed as well
 * @returns undefined if the table makes no sense
 */
export function readLut(item: Attributes, signed: boolean, where = lutTags): Lut | undefined {
  const [count = 0, , bits = 0] = item.shorts(where.descriptor);
  const first = item.shorts(where.descriptor, signed)[1] ?? 0;
  const entries = entriesOf(item, where.data, count === 0 ? 65536 : count);
  if (entries === undefined || bits < 1 || bits > 16) return undefined;
  const last = entries.length - 1;
  return {
    valueAt: (value) => entries[Math.min(last, Math.max(0, Math.round(value) - first))]!,
    greatest: 2 ** bits - 1,
  };
}

/** Normally 16 bits each, even for 8-bit entries; some writers pack two of those into one word. */
function entriesOf(item: Attributes, tag: string, count: number): ArrayLike<number> | undefined {
  const data = item.value(tag);
  if (data === undefined) return undefined;
  if (data.length >= 2 * count) return item.shorts(tag).slice(0, count);
  return data.length >= count ? data.subarray(0, count) : undefined;
}
