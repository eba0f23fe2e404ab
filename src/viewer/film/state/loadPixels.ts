import { ApiFault, type FilmImage, type FilmPicture, type PictureForm } from '../../api/index.js';
import type { FilmSource } from './filmSource.js';
import type { PixelState, ShownPixels } from './pixelState.js';

export interface PixelListener {
  readonly become: (state: PixelState) => void;
  /** Progress of the current step, 0…1. */
  readonly progressed: (share: number) => void;
}

export interface PixelRequest {
  readonly id: string;
  readonly signal: AbortSignal;
  /** From the report: pixels of another size don't belong to this film. */
  readonly image: Pick<FilmImage, 'width' | 'height' | 'preparation'> | null;
}

/**
 * Loads a film's pixels in steps, so that there is something to look at on a slow network: the thumbnail at once, a
 * preview, then all pixels at their full depth. A thumbnail or preview that fails is skipped.
 *
 * @throws if there is nothing to show
 */
export async function loadPixels(request: PixelRequest, source: FilmSource, heard: PixelListener): Promise<void> {
  let shown: ShownPixels | undefined;
  let known: FilmPicture | undefined;
  const step = async (form: PictureForm): Promise<void> => {
    known = await pictureOf(form, request, source, heard);
    shown = await shownOf(form, known, request, source);
    heard.become(shown);
  };
  await leftOut(step('thumbnail'), request.signal);
  await leftOut(step('preview'), request.signal);
  try {
    if (known === undefined || !isDeep(known)) await step('film');
    if (known !== undefined && isDeep(known)) heard.become(await deepOf(known, request, source, heard));
  } catch (error) {
    if (shown === undefined || request.signal.aborted) throw error;
    // What has loaded stays, still marked as a preview.
    heard.become({ ...shown, fault: error instanceof Error ? error.message : String(error) });
  }
}

/** Waits for a step. A failed one is skipped, unless it says that there is no film. */
async function leftOut(step: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await step;
  } catch (error) {
    if (signal.aborted || error instanceof OtherSize || (error instanceof ApiFault && error.code === 'film-not-kept'))
      throw error;
  }
}

async function pictureOf(
  form: PictureForm,
  { id, signal, image }: PixelRequest,
  { api }: FilmSource,
  { progressed }: PixelListener,
): Promise<FilmPicture> {
  const picture = await api.film(id, form, { signal, progress: form === 'film' ? progressed : undefined });
  if (image !== null && (image.width !== picture.width || image.height !== picture.height)) throw new OtherSize();
  return picture;
}

async function shownOf(
  form: PictureForm,
  picture: FilmPicture,
  { image }: PixelRequest,
  { reader }: FilmSource,
): Promise<ShownPixels> {
  const { width, height, bits } = picture;
  const pixels = await reader.picture(picture);
  const [largest] = pixels.sizes;
  if (form === 'film' && (largest?.width !== width || largest.height !== height)) throw new OtherSize();
  const deep = isDeep(picture);
  // For 16 bits, the server applies the report's window to the full picture, and the film's own to the small ones.
  const window = form === 'film' ? (image?.preparation.window ?? picture.window) : picture.window;
  return {
    kind: 'shown',
    pixels: { ...pixels, film: { width, height } },
    quality: form === 'film' && !deep ? 'full' : 'preview',
    bits,
    stands: deep || form === 'thumbnail' ? window : [0, 255],
    fault: undefined,
  };
}

async function deepOf(
  { width, height, bits }: FilmPicture,
  { id, signal }: PixelRequest,
  { api, reader }: FilmSource,
  { progressed }: PixelListener,
): Promise<ShownPixels> {
  const pixels = await reader.grey16(await api.grey16(id, { signal, progress: progressed }));
  const [largest] = pixels.sizes;
  if (largest?.width !== width || largest.height !== height)
    throw new Error('The film at full depth differs in size from its preview.');
  return { kind: 'shown', pixels, quality: 'full', bits, stands: [0, pixels.greatest], fault: undefined };
}

/** Colour films are shown with 8 bits, whatever their depth. */
function isDeep({ bits, channels }: FilmPicture): boolean {
  return bits > 8 && channels === 1;
}

class OtherSize extends Error {
  constructor() {
    super('The kept film differs in size from the one that was analysed. Boxes on it would be in the wrong place.');
  }
}
