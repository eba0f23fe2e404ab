import type { References } from '../../api/index.js';
import type { FilmSource } from './filmSource.js';
import { loadFilm, type LoadedReport } from './loadFilm.js';
import type { PixelState, ShownPixels } from './pixelState.js';
import type { Picture } from '../pane/painter.js';
import type { FilmPixels } from '../pixels/levels.js';
import type { Size } from '../pane/view.js';
import { type GreyWindow, greyTable, type PresetName, presetWindow } from '../pixels/windowLevel.js';

/** A film in a pane: what is known about it so far, and the window that shows its values. */
export class ShownFilm {
  loaded: LoadedReport | undefined;
  /** Whose film it is; undefined if unknown or hidden from this user. */
  references: References | undefined;
  /** Why there is no report. */
  fault: unknown;
  pixels: PixelState = { kind: 'waiting' };
  /** How much of all pixels has arrived, 0…1; undefined before the first of them. */
  progress: number | undefined;
  window: GreyWindow = { low: 0, high: 255 };
  /** undefined once the window was dragged or typed. */
  preset: PresetName | undefined = 'stored';
  inverted = false;

  readonly id: string;
  readonly #loading = new AbortController();
  readonly #changed: () => void;
  #table:
    | { readonly window: GreyWindow; readonly greatest: number; readonly inverted: boolean; readonly grey: Uint8Array }
    | undefined;

  constructor(id: string, { changed, ...source }: FilmSource & { readonly changed: () => void }) {
    this.id = id;
    this.#changed = changed;
    const { signal } = this.#loading;
    const loading = loadFilm(id, source, signal, {
      pixels: (state) => {
        this.#become(() => {
          this.#takePixels(state);
        });
      },
      progress: (share) => {
        this.#become(() => {
          this.progress = share;
        });
      },
    });
    // A film is shown even if its references can't be loaded.
    source.references?.(id, signal).then(
      (references) => {
        this.#become(() => {
          this.references = references;
        });
      },
      () => undefined,
    );
    loading.report.then(
      (loaded) => {
        this.#become(() => {
          this.loaded = loaded;
        });
      },
      (fault: unknown) => {
        this.#become(() => {
          this.fault = fault;
        });
      },
    );
  }

  /** Size of the upright film; the report gives it before the pixels arrive. */
  get size(): Size | undefined {
    const image = this.loaded?.report.image ?? undefined;
    return image ?? this.shown?.film;
  }

  /** A class's title for readers. */
  titleOf(name: string): string {
    return this.loaded?.model?.classes.find((known) => known.name === name)?.title ?? name;
  }

  get shown(): FilmPixels | undefined {
    return this.pixels.kind === 'shown' ? this.pixels.pixels : undefined;
  }

  get picture(): Picture | undefined {
    const { shown: pixels, window, inverted } = this;
    if (pixels === undefined) return undefined;
    if (
      this.#table?.window !== window ||
      this.#table.greatest !== pixels.greatest ||
      this.#table.inverted !== inverted
    ) {
      this.#table = { window, greatest: pixels.greatest, inverted, grey: greyTable(window, pixels.greatest, inverted) };
    }
    return { pixels, table: this.#table.grey };
  }

  setPreset(name: PresetName): void {
    this.preset = name;
    if (this.shown !== undefined) this.window = presetWindow(name, this.shown, this.#analysed);
    this.#changed();
  }

  setWindow(window: GreyWindow): void {
    this.preset = undefined;
    this.window = window;
    this.#changed();
  }

  /** Restores the window the film opened with. */
  reset(): void {
    this.inverted = false;
    this.setPreset('stored');
  }

  invert(): void {
    this.inverted = !this.inverted;
    this.#changed();
  }

  close(): void {
    this.#loading.abort();
  }

  get #analysed(): readonly [number, number] | null {
    return this.loaded?.report.image?.preparation.window ?? null;
  }

  #become(change: () => void): void {
    if (this.#loading.signal.aborted) return;
    change();
    this.#changed();
  }

  #takePixels(next: PixelState): void {
    const before = this.pixels;
    this.pixels = next;
    if (next.kind !== 'shown') return;
    if (this.preset !== undefined) this.window = presetWindow(this.preset, next.pixels, this.#analysed);
    else if (before.kind === 'shown') this.window = carriedOver(this.window, before, next);
  }
}

/** A window set on a preview, converted to the values of the pixels that replaced it. */
function carriedOver({ low, high }: GreyWindow, before: ShownPixels, next: ShownPixels): GreyWindow {
  const value = (grey: number): number => {
    const [least, greatest] = before.stands;
    const film = least + (grey * (greatest - least)) / before.pixels.greatest;
    return ((film - next.stands[0]) * next.pixels.greatest) / (next.stands[1] - next.stands[0]);
  };
  return { low: value(low), high: value(high) };
}
