import type { FilmBox, FilmReport } from '../../../src/viewer/api/index.js';
import { filmPixels } from '../../../src/viewer/film/pixels/levels.js';
import type { Reading, ReadingState } from '../../../src/viewer/film/state/reading.js';
import { createReading } from '../../../src/viewer/film/state/reading.js';
import { ShownFilm } from '../../../src/viewer/film/state/shownFilm.js';

/** Films of tests: read by the page's own code, from a server that is made up. */

export function madeBox(rank: number, score: number, name = 'opacity'): FilmBox {
  return {
    id: `film-${rank}`,
    class: name,
    score,
    scores: { [name]: score },
    attributes: {},
    box: { x: 10 * rank, y: 20, width: 30, height: 40 },
  };
}

const common = {
  schemaVersion: 1,
  id: 'film',
  createdAt: '2026-01-31T10:00:00.123Z',
  lookedFor: ['opacity'],
  notice: 'Research use only.',
  model: { name: 'm', version: '1.0.0', specSha256: '', onnxSha256: '' },
  provider: 'cpu',
  submitter: 'ris',
  timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
} as const;
const image = {
  sha256: '',
  width: 100,
  height: 80,
  format: 'png',
  bits: 8,
  preparation: { window: null, inverted: false, orientation: 1 },
} as const;

export function madeReport(detections: readonly FilmBox[], filmScore = 0.8): FilmReport {
  const threshold = 0.31;
  const asLogged = { threshold, candidateFloor: 0.05 };
  const judged = { ...common, image, threshold, filmScore, attributes: null, detections };
  return detections.some(({ score }) => score >= threshold)
    ? { ...judged, state: 'findings', asLogged: { state: 'findings', ...asLogged } }
    : { ...judged, state: 'below-threshold', asLogged: { state: 'below-threshold', ...asLogged } };
}

export const notAnalysedReport: FilmReport = {
  ...common,
  state: 'not-analysed',
  image,
  reason: { code: 'not-a-frontal-chest-film', detail: 'It looks like a lateral film.' },
};

/** A film whose report and pixels have arrived. */
export async function madeFilm(report: FilmReport, changed: () => void = () => undefined): Promise<ShownFilm> {
  return new Promise((resolve) => {
    const film: ShownFilm = new ShownFilm('film', {
      api: {
        detection: () => Promise.resolve(report),
        film: () =>
          Promise.resolve({ blob: new Blob(), width: 100, height: 80, bits: 8, channels: 1, window: [0, 255] }),
        grey16: () => Promise.reject(new Error('it has 8 bits')),
      },
      reader: {
        picture: () =>
          Promise.resolve(
            filmPixels({ width: 100, height: 80, planes: [Uint8Array.from({ length: 8000 }, (_, i) => i % 256)] }, 255),
          ),
        grey16: () => Promise.reject(new Error('it has 8 bits')),
        close: () => undefined,
      },
      models: { find: () => Promise.resolve(undefined) },
      changed() {
        changed();
        if (film.pixels.kind === 'shown' && film.pixels.quality === 'full') resolve(film);
      },
    });
  });
}

/** Frames of a page that come when the test lets them. */
export function takeFrames(): { next(): void; readonly waiting: number; giveBack(): void } {
  const { requestAnimationFrame: request, cancelAnimationFrame: cancel } = globalThis;
  let frames = new Map<number, FrameRequestCallback>();
  let last = 0;
  globalThis.requestAnimationFrame = (frame) => {
    frames.set(++last, frame);
    return last;
  };
  globalThis.cancelAnimationFrame = (id) => {
    frames.delete(id);
  };
  return {
    next() {
      const now = frames;
      frames = new Map();
      for (const frame of now.values()) frame(0);
    },
    get waiting() {
      return frames.size;
    },
    giveBack() {
      globalThis.requestAnimationFrame = request;
      globalThis.cancelAnimationFrame = cancel;
    },
  };
}

/** A reading of a film that is there, without a page around it. */
export async function madeReading(report: FilmReport, state: Partial<ReadingState> = {}): Promise<Reading> {
  const frames = takeFrames();
  const film = await madeFilm(report);
  const reading = createReading(
    () => film,
    () => undefined,
  );
  reading.change(state);
  frames.giveBack();
  return {
    film,
    get state() {
      return reading.state;
    },
    change(part) {
      const again = takeFrames();
      reading.change(part);
      again.giveBack();
    },
    changed: () => undefined,
  };
}
