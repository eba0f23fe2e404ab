import type { AnnotatedFilm } from '../annotations.js';
import type { FilmExtras } from '../extras.js';
import type { ImageIndex } from '../images.js';

/**
 * VoTT's desktop app percent-encodes names (`film%201.jpg`). The image is the decoded one, unless an image really has
 * the encoded name. The original name is kept and written back.
 */
export function imageOfVottName(
  written: string,
  images: ImageIndex | undefined,
): { image: string; extras?: FilmExtras } {
  if (!/%[0-9a-f]{2}/i.test(written) || images?.find(written) !== undefined) return { image: written };
  try {
    const once = decodeURIComponent(written);
    // Some tools encode what VoTT has already encoded.
    const twice = images !== undefined && images.find(once) === undefined ? decodeURIComponent(once) : once;
    const image = images?.find(twice) === undefined ? once : twice;
    return { image, extras: { vott: { name: written } } };
  } catch {
    // Percent signs that encode nothing: take the name as is.
    return { image: written };
  }
}

export function vottNameOf(film: AnnotatedFilm): string {
  return film.extras?.vott?.name ?? film.image;
}
