import sharp from 'sharp';
import type { ModelSpec } from '../../detector/index.js';
import { type Picture, worstFilms } from '../../evaluation/index.js';
import { seenFilm } from '../detect/seenFilm.js';
import type { EvaluatedFilm } from './runFilms.js';

/** Longer side of a film on the page, in pixels. */
const side = 420;

/** The films that went worst, as the network saw them, for the page: never for a place from which films may not be handed on. */
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
