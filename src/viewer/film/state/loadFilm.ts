import { ApiFault, type FilmReport, type ModelFacts } from '../../api/index.js';
import { type Verdict, readVerdict } from '../../report/verdict.js';
import type { FilmSource } from './filmSource.js';
import { loadPixels } from './loadPixels.js';
import type { PixelState } from './pixelState.js';

export interface LoadedReport {
  readonly report: FilmReport;
  readonly verdict: Verdict;
  /** The model that made the report; undefined if it is no longer served. */
  readonly model: ModelFacts | undefined;
}

export interface FilmLoading {
  /** Throws ApiFault if there is no such film. */
  readonly report: Promise<LoadedReport>;
}

/** Notified of every step: thumbnail, preview, then all pixels, or that there are none. */
export interface FilmListener {
  pixels(state: PixelState): void;
  /** Share of all pixels, 0…1. */
  progress(share: number): void;
}

/** Asks for a film's report, and then for its pixels in steps. The listener hears nothing once `signal` is aborted. */
export function loadFilm(id: string, source: FilmSource, signal: AbortSignal, listener: FilmListener): FilmLoading {
  const become = (state: PixelState): void => {
    if (!signal.aborted) listener.pixels(state);
  };
  const progressed = (share: number): void => {
    if (!signal.aborted) listener.progress(share);
  };
  // The lowest view holds every kept candidate, along with what was reported.
  const report = source.api.detection(id, { minScore: 0, signal }).then(async (report) => ({
    report,
    verdict: readVerdict(report),
    // A report is shown even if its model is unknown.
    model: await source.models.find(report.model).catch(() => undefined),
  }));
  void report
    .then(({ report: { image } }) => loadPixels({ id, signal, image }, source, { become, progressed }))
    .catch((error: unknown) => {
      become({
        kind: 'absent',
        code: error instanceof ApiFault ? error.code : 'unreadable-film',
        detail: error instanceof Error ? error.message : String(error),
      });
    });
  return { report };
}
