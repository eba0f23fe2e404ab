import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ModelSpec } from '../../detector/index.js';
import {
  type EvaluationReport,
  evaluationPage,
  type EvaluationResults,
  figureText,
  type GroupReport,
  type PageExtras,
  type Picture,
  worstFilms,
} from '../../evaluation/index.js';
import { seenFilm } from '../detect/seenFilm.js';
import { wrongUse } from '../exit.js';
import { replaceFile } from '../replaceFile.js';
import { table } from '../table.js';
import type { EvaluatedFilm } from './runFilms.js';

/** @throws UsageError if the folder of --out can't be made */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw wrongUse(error, '--out');
  });
}

/** Writes report.json and report.html. */
export async function writeReport(
  folder: string,
  report: EvaluationReport,
  results: EvaluationResults,
  extras: PageExtras,
): Promise<void> {
  await replaceFile(join(folder, 'report.json'), reportJson(report));
  await replaceFile(join(folder, 'report.html'), evaluationPage(report, results, extras));
}

export function reportJson(report: EvaluationReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The figures that everyone asks for first, one line per group. */
export function summary({ groups }: EvaluationReport): string {
  const columns = ['', 'films', 'with/without', 'AP .4', 'AP .5', 'AUC', 'FROC mean', 'sensitivity', 'specificity'];
  return table([columns, ...groups.map(lineOf)]);
}

function lineOf({ kind, name, counts, boxes, films }: GroupReport): string[] {
  const { ap40, ap50 } = boxes.averagePrecision;
  const { auc, sensitivity, specificity } = films.figures;
  return [
    kind === 'source' ? `  ${name}` : name,
    String(counts.films),
    `${counts.positives}/${counts.negatives}`,
    ...[ap40, ap50, auc, boxes.froc.mean, sensitivity, specificity].map(figureText),
  ];
}

/** Longer side of a film on the page, in pixels. */
const side = 420;

/**
 * The films with the worst misses and the worst false positives, as the network saw them. They show patients: leave
 * them out of a page that goes where the films may not.
 */
export async function worstPictures(
  films: readonly EvaluatedFilm[],
  spec: ModelSpec,
): Promise<{ misses: Picture[]; falsePositives: Picture[] }> {
  const analysed = films.filter(({ result }) => result.state === 'analysed');
  const worst = worstFilms(
    analysed.map(({ result }) => result),
    spec.threshold.score,
  );
  const drawn = async (indices: readonly number[]): Promise<Picture[]> => {
    const pictures: Picture[] = [];
    for (const index of indices) {
      const film = analysed[index];
      if (film !== undefined) pictures.push(await pictureOf(film, spec));
    }
    return pictures;
  };
  return { misses: await drawn(worst.misses), falsePositives: await drawn(worst.falsePositives) };
}

async function pictureOf({ film, result, detections, inverted }: EvaluatedFilm, spec: ModelSpec): Promise<Picture> {
  const { width, height, channels, pixels } = await seenFilm(film.path, spec, inverted);
  const jpeg = await sharp(pixels, { raw: { width, height, channels } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 72 })
    .toBuffer();
  return {
    title: `${film.image} (${result.set}, ${film.source}): film score ${result.filmScore.toFixed(2)}`,
    image: `data:image/jpeg;base64,${jpeg.toString('base64')}`,
    width,
    height,
    truths: film.truths.map(({ box }) => box),
    detections: detections.filter(({ score }) => score >= spec.threshold.score),
  };
}
