/** Values of the film that are shown as black (`low`) and as white (`high`); in between it is linear. */
export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}

/** Statistics of a film's values, computed once when its pixels have arrived. */
export interface Levels {
  /** Greatest value that a pixel can have: 255 or 65535. */
  readonly greatest: number;
  /** Pixels of each value, `greatest + 1` counts. */
  readonly histogram: Uint32Array;
}

export type PresetName = 'stored' | 'full' | 'dark' | 'dense';

/** In the order of the keys 1–4. */
export const presets: readonly { readonly name: PresetName; readonly says: string }[] = [
  { name: 'stored', says: 'As stored' },
  { name: 'full', says: 'Full range' },
  { name: 'dark', says: 'Dark areas' },
  { name: 'dense', says: 'Dense areas' },
];

/**
 * The window of a preset. Film values have no unit (as CT numbers have), so presets are shares of this
 * film's own pixels.
 *
 * @param analysed the window that the network saw, from the report: 16-bit values carry no window of
 *   their own, so there it is what "as stored" means
 */
export function presetWindow(name: PresetName, levels: Levels, analysed: readonly [number, number] | null): GreyWindow {
  switch (name) {
    case 'stored':
      if (levels.greatest === 255) return { low: 0, high: 255 };
      return analysed === null ? percentileWindow(levels, 1, 99) : { low: analysed[0], high: analysed[1] };
    case 'full':
      return percentileWindow(levels, 0, 100);
    case 'dark':
      return percentileWindow(levels, 1, 60);
    case 'dense':
      return percentileWindow(levels, 40, 99.9);
  }
}

/** The window between two percentiles by nearest rank, as the detector's own; one level wide at least. */
export function percentileWindow(levels: Levels, lower: number, upper: number): GreyWindow {
  let total = 0;
  for (const count of levels.histogram) total += count;
  const low = levelAt(levels.histogram, total, lower);
  const high = levelAt(levels.histogram, total, upper);
  return high > low ? { low, high } : { low: Math.max(0, low - 1), high: low + 1 };
}

/** Width and level, the readers' terms for a window. */
export function widthAndLevel({ low, high }: GreyWindow): { readonly width: number; readonly level: number } {
  return { width: high - low, level: (low + high) / 2 };
}

/**
 * The window after a drag of (dx, dy) CSS px: right is wider, down is darker (level up). One px is 1/1024
 * of the range of values that occur: 4 values at 12 bits, as in cornerstone's tool. An 8-bit film has already been
 * windowed, and what readers look for spans few values: there one px is 1/400.
 */
export function draggedWindow(window: GreyWindow, dx: number, dy: number, levels: Levels): GreyWindow {
  const range = percentileWindow(levels, 0, 100);
  const step = (range.high - range.low) / (levels.greatest === 255 ? 400 : 1024);
  const { width, level } = widthAndLevel(window);
  const newWidth = Math.min(Math.max(width + dx * step, 1), 2 * (levels.greatest + 1));
  const newLevel = Math.min(Math.max(level + dy * step, 0), levels.greatest);
  return { low: newLevel - newWidth / 2, high: newLevel + newWidth / 2 };
}

/**
 * The screen grey (0…255) of every film value. The same rounding as the detector's window: a film shown in the analysed
 * window is the film that the network saw.
 */
export function greyTable({ low, high }: GreyWindow, greatest: number, inverted: boolean): Uint8Array {
  const table = new Uint8Array(greatest + 1);
  const span = Math.max(high - low, 1e-6);
  for (let value = 0; value <= greatest; value++) {
    const grey = Math.round((Math.min(Math.max(value - low, 0), span) * 255) / span);
    table[value] = inverted ? 255 - grey : grey;
  }
  return table;
}

function levelAt(histogram: Uint32Array, total: number, percent: number): number {
  // At least one pixel: 0 % is the darkest value that occurs.
  const rank = Math.max(1, Math.ceil((percent * total) / 100));
  let count = 0;
  for (const [level, pixels] of histogram.entries()) {
    count += pixels;
    if (count >= rank) return level;
  }
  return histogram.length - 1;
}
