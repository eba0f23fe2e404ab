/**
 * A JPEG without stray bytes between its header segments. Cameras, phones and document scanners leave them; libjpeg
 * skips them with a warning, but a warning is also the only sign of a truncated picture. The picture's own data is not
 * touched: there, such bytes are damage. Structure: ITU-T T.81, B.1.1.
 *
 * @returns the same bytes if there are none, or if the segments can't be followed
 */
export function withoutStrayBytes(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = nextMarker(bytes, at);
    if (marker === undefined) return bytes;
    // Fill bytes (0xff) before a marker are legal and stay.
    if (bytes.subarray(at, marker).some((byte) => byte !== 0xff)) {
      kept.push(bytes.subarray(from, at));
      from = marker;
    }
    if (bytes[marker + 1] === startOfScan) break;
    at = marker + 2 + (((bytes[marker + 2] ?? 0) << 8) | (bytes[marker + 3] ?? 0));
  }
  return kept.length === 0 || at >= bytes.length ? bytes : Buffer.concat([...kept, bytes.subarray(from)]);
}

const startOfScan = 0xda;

/** Position of the next segment's marker: 0xff and a code. Writers leave from one byte to whole pages in between. */
function nextMarker(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (hasLength(bytes[at + 1] ?? 0)) return at;
  return undefined;
}

/** Whether a segment with its length follows a code: not after 0, fill bytes, TEM, RST0 to RST7, SOI and EOI. */
function hasLength(code: number): boolean {
  return code > 1 && code < 0xff && !(code >= 0xd0 && code <= 0xd9);
}
