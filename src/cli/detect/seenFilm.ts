import { readFile } from 'node:fs/promises';
import type { ModelSpec } from '../../detector/index.js';
import { decodeFilm } from '../../imaging/decodeFilm.js';
import { applyWindow, asAnalysed } from '../../imaging/index.js';

/** Pixels of a film at its own size, with the grey levels that the network saw. */
export interface SeenFilm {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Interleaved bytes. */
  readonly pixels: Uint8Array;
}

/**
 * Decodes a film in this process, which is safe since the decoder child has decoded it before.
 *
 * @param inverted whether it was analysed with inverted grey levels; undefined: as it decodes
 */
export async function seenFilm(path: string, spec: ModelSpec, inverted: boolean | undefined): Promise<SeenFilm> {
  const options = { maxPixels: Number.MAX_SAFE_INTEGER, secondaryCapture: true };
  const film = asAnalysed(await decodeFilm(await readFile(path), options), inverted);
  const { levels } = applyWindow(film, { ...spec, fit: { ...spec.fit, arithmetic: 'uint8' } });
  const { width, height, planes, table } = levels;
  const pixels = new Uint8Array(width * height * planes.length);
  planes.forEach((plane, p) => {
    for (let i = 0; i < plane.length; i++) pixels[i * planes.length + p] = table[plane[i] ?? 0] ?? 0;
  });
  return { width, height, channels: planes.length === 3 ? 3 : 1, pixels };
}
