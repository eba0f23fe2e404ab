import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { ModelSpec } from '../../detector/index.js';
import { overlaySvg } from '../../report/index.js';
import type { AnalysedFile } from './analyseFiles.js';
import { type SeenFilm, seenFilm } from './seenFilm.js';

export type OverlayFormat = 'svg' | 'png';

/**
 * Draws a report: only the overlay (svg), or on top of the film with the grey levels that the network saw (png). A film
 * that couldn't be decoded gets an svg that says so.
 */
export async function writeOverlay(
  { film, report }: AnalysedFile,
  folder: string,
  format: OverlayFormat,
  spec: ModelSpec,
): Promise<string> {
  const svg = overlaySvg(report);
  const path = join(folder, `${film.name}.${report.image === null ? 'svg' : format}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(
    path,
    path.endsWith('.svg')
      ? svg
      : await overFilm(svg, await seenFilm(film.path, spec, report.image?.preparation.inverted)),
  );
  return path;
}

async function overFilm(svg: string, { width, height, channels, pixels }: SeenFilm): Promise<Buffer> {
  // Imaging blocks every loader that films don't need; this SVG is our own.
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
  const layer = await sharp(Buffer.from(svg)).resize(width, height, { fit: 'fill' }).png().toBuffer();
  return sharp(pixels, { raw: { width, height, channels } })
    .toColourspace('srgb')
    .composite([{ input: layer }])
    .png()
    .toBuffer();
}
