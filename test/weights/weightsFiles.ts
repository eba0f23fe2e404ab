/** A darknet .weights of these floats, with the header of version 0.2 (20 bytes) or 0.1 (16 bytes). */
export function weightsFile(floats: readonly number[], minor: 1 | 2 = 2): Uint8Array {
  const header = minor === 2 ? 20 : 16;
  const bytes = Buffer.alloc(header + 4 * floats.length);
  bytes.writeInt32LE(minor, 4);
  bytes.writeInt32LE(12_800, 12);
  floats.forEach((value, i) => bytes.writeFloatLE(value, header + 4 * i));
  return bytes;
}

/** Values of −1…1, the same for the same seed (mulberry32), each exact in float32. */
export function noise(length: number, seed: number): number[] {
  let state = seed | 0;
  return Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.fround(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1);
  });
}
