/** Called at every whole percent of an answer that has arrived, with the share 0…1. */
export type Progress = (share: number) => void;

/**
 * The bytes of an answer, with progress.
 *
 * @param expected how many there will be; undefined if unknown: then no progress is reported
 */
export async function bytesOf(
  response: Response,
  expected: number | undefined,
  progress: Progress = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null || expected === undefined) return new Uint8Array(await response.arrayBuffer());
  const pieces: Uint8Array[] = [];
  let arrived = 0;
  let percent = 0;
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    arrived += piece.value.byteLength;
    const now = Math.min(100, Math.floor((100 * arrived) / expected));
    if (now > percent) progress(now / 100);
    percent = now;
  }
  return joined(pieces, arrived);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
