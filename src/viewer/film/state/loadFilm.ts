import { type Api, ApiFault, type FilmReport, type ModelFacts, type References } from '../../api/index.js';
import type { ServedModels } from '../../app/servedModels.js';
import { type Verdict, readVerdict } from '../../report/verdict.js';
import type { FilmPixels } from '../pixels/levels.js';
import type { PixelReader } from '../pixels/reader.js';

/** How much of a film's depth is on the screen: of 16 bits an 8-bit preview comes first. */
export type Quality = 'preview' | 'full';

export type PixelState =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'shown';
      readonly pixels: FilmPixels;
      readonly quality: Quality;
      readonly bits: number;
      readonly fault: string | undefined;
    }
  /** No pixels: kept nowhere, or not to be read. The boxes are shown all the same. */
  | { readonly kind: 'absent'; readonly code: string; readonly detail: string };

/** What a film is read with. */
export interface FilmSource {
  readonly api: Pick<Api, 'detection' | 'film' | 'grey16'>;
  readonly models: Pick<ServedModels, 'find'>;
  readonly reader: PixelReader;
  /** Asks whose film it is; not there for those who may not know. */
  readonly references?: (id: string, signal: AbortSignal) => Promise<References>;
}

export interface LoadedReport {
  readonly report: FilmReport;
  readonly verdict: Verdict;
  /** That made the report; undefined where it is served no more. */
  readonly model: ModelFacts | undefined;
}

export interface FilmLoading {
  /** Throws ApiFault where there is no such film. */
  readonly report: Promise<LoadedReport>;
  /** Called for every step: preview, then the full depth, or that there are no pixels. */
  onPixels(listener: (state: PixelState) => void): void;
}

/** Asks for a film's report and its pixels at once, so that neither waits for the other. */
export function loadFilm(id: string, source: FilmSource, signal: AbortSignal): FilmLoading {
  let state: PixelState = { kind: 'waiting' };
  const listeners: ((state: PixelState) => void)[] = [];
  const become = (next: PixelState): void => {
    if (signal.aborted) return;
    state = next;
    for (const listener of listeners) listener(state);
  };
  // The lowest view holds everything that was kept; what was reported stands beside it.
  const report = source.api.detection(id, { minScore: 0, signal }).then(async (report) => ({
    report,
    verdict: readVerdict(report),
    // A report is shown even where nobody knows its model.
    model: await source.models.find(report.model).catch(() => undefined),
  }));
  void loadPixels(id, source, signal, report, become).catch((error: unknown) => {
    if (signal.aborted) return;
    become({
      kind: 'absent',
      code: error instanceof ApiFault ? error.code : 'unreadable-film',
      detail: error instanceof Error ? error.message : String(error),
    });
  });
  return {
    report,
    onPixels(listener) {
      listeners.push(listener);
      listener(state);
    },
  };
}

async function loadPixels(
  id: string,
  { api, reader }: FilmSource,
  signal: AbortSignal,
  report: Promise<LoadedReport>,
  become: (state: PixelState) => void,
): Promise<void> {
  const picture = await api.film(id, signal);
  const pixels = await reader.picture(picture);
  const full = pixels.sizes[0];
  const { image } = (await report).report;
  if (
    full?.width !== picture.width ||
    full.height !== picture.height ||
    (image !== null && (image.width !== picture.width || image.height !== picture.height))
  ) {
    throw new Error(
      `The film that was kept is not of the size that was analysed. Boxes on it would lie in the wrong place.`,
    );
  }
  const deep = picture.bits > 8 && picture.channels === 1;
  become({ kind: 'shown', pixels, quality: deep ? 'preview' : 'full', bits: picture.bits, fault: undefined });
  if (!deep) return;
  try {
    const deepPixels = await reader.grey16(await api.grey16(id, signal));
    const deepFull = deepPixels.sizes[0];
    if (deepFull?.width !== full.width || deepFull.height !== full.height)
      throw new Error('The film at its full depth is not of the size of its preview.');
    become({ kind: 'shown', pixels: deepPixels, quality: 'full', bits: picture.bits, fault: undefined });
  } catch (error) {
    // The preview stays, and stays marked as one.
    if (!signal.aborted)
      become({
        kind: 'shown',
        pixels,
        quality: 'preview',
        bits: picture.bits,
        fault: error instanceof Error ? error.message : String(error),
      });
  }
}
