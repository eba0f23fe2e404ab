import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { ModelSpec } from '../../detector/index.js';
import { decodeFilm } from '../../imaging/decodeFilm.js';
import { applyWindow } from '../../imaging/index.js';
import { overlaySvg } from '../../report/index.js';
import type { AnalysedFile } from './analyseFiles.js';

export type OverlayFormat = 'svg' | 'png';

/**
 * Writes what the network said of a film as a picture: the overlay alone (svg), or laid over the film as
 * the network saw its grey levels (png). A film that could not be decoded has an svg that says so.
 */
export async function writeOverlay({ film, report }: AnalysedFile, folder: string, format: OverlayFormat, spec: ModelSpec): Promise<string> {
  const svg = overlaySvg(report);
  const path = join(folder, `${film.name}.${report.image === null ? 'svg' : format}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, path.endsWith('.svg') ? svg : await overFilm(svg, film.path, spec));
  return path;
}

async function overFilm(svg: string, filmPath: string, spec: ModelSpec): Promise<Buffer> {
  // The decoder child has read this very film to its end, so it is no stranger here.
  const film = await decodeFilm(await readFile(filmPath), { maxPixels: Number.MAX_SAFE_INTEGER });
  const { levels } = applyWindow(film, { ...spec, fit: { ...spec.fit, arithmetic: 'uint8' } });
  const { width, height, planes, table } = levels;
  const pixels = new Uint8Array(width * height * planes.length);
  planes.forEach((plane, p) => {
    for (let i = 0; i < plane.length; i++) pixels[i * planes.length + p] = table[plane[i] ?? 0] ?? 0;
  });
  // Imaging blocks every loader but those of films; the SVG is ours.
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
  const layer = await sharp(Buffer.from(svg)).resize(width, height, { fit: 'fill' }).png().toBuffer();
  return sharp(pixels, { raw: { width, height, channels: planes.length === 3 ? 3 : 1 } })
    .toColourspace('srgb')
    .composite([{ input: layer }])
    .png()
    .toBuffer();
}
