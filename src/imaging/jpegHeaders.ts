/**
 * A JPEG with its headers corrected to what libjpeg assumes. libjpeg warns about some odd values and carries on with
 * others instead, but a warning is also the only sign of a truncated picture. Correcting those values first makes every
 * warning mean damage. Values of libjpeg: jdmarker.c, jdapimin.c, jdinput.c; structure: ITU-T T.81, B.1.1.
 *
 * @returns the same bytes if there is nothing to correct, or if the segments can't be followed
 */
export function withUsualHeaders(bytes: Uint8Array): Uint8Array {
  const changes: [at: number, value: number][] = [];
  let frame: { readonly process: number; readonly components: number } | undefined;
  let adobe: number | undefined;
  for (const { marker, start, end } of segmentsOf(bytes)) {
    // Of any revision but 1.x; nothing that is read here differs.
    if (marker === 0xe0 && startsWith(bytes, start, 'JFIF\0') && bytes[start + 5] !== 1)
      changes.push([start + 5, 1], [start + 6, 2]);
    if (marker === 0xee && startsWith(bytes, start, 'Adobe') && end - start >= 12) adobe = start + 11;
    if (isFrame(marker)) frame = { process: marker, components: bytes[start + 5] ?? 0 };
    // Sequential scans have all coefficients, whatever they say.
    if (marker === startOfScan && frame !== undefined && isSequential(frame.process) && end - start >= 6)
      changes.push([end - 3, 0], [end - 2, 63], [end - 1, 0]);
  }
  const components = frame?.components ?? 0;
  if (adobe !== undefined && (components === 3 || components === 4)) {
    const ycc = components === 3 ? 1 : 2;
    if (bytes[adobe] !== 0) changes.push([adobe, ycc]);
  }
  const needed = changes.filter(([at, value]) => bytes[at] !== value);
  if (needed.length === 0) return bytes;
  const changed = Uint8Array.from(bytes);
  for (const [at, value] of needed) changed[at] = value;
  return changed;
}

const startOfScan = 0xda;

/** The segments up to the first scan, without marker and length. */
function* segmentsOf(bytes: Uint8Array): Generator<{ marker: number; start: number; end: number }, void> {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (end > bytes.length) return;
    yield { marker, start: at + 4, end };
    if (marker === startOfScan) return;
    at = end;
  }
}

/** SOF0 to SOF15, except DHT, JPG and DAC, whose codes are among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Baseline, extended, and extended with arithmetic coding. */
function isSequential(process: number): boolean {
  return process === 0xc0 || process === 0xc1 || process === 0xc9;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + text.length)) === text;
}
