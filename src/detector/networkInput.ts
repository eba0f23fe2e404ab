import { type FitPlan, planFit } from './letterbox.js';
import { type LevelTable, resize } from './resize/index.js';
import type { InputSpec, ModelSpec } from './spec.js';

/** A windowed film: one grey plane or three of RGB, with the level of each value. */
export interface FilmLevels {
  readonly width: number;
  readonly height: number;
  /** Stored values, 0…2^bits − 1. */
  readonly planes: readonly (Uint8Array | Uint16Array)[];
  /** The level of each stored value: bytes under `arithmetic: uint8`, else floats 0…1. */
  readonly table: LevelTable;
}

/** A film fitted to a network's input, before it becomes floats: small enough to travel between processes. */
export interface NetworkInput {
  readonly planes: 1 | 3;
  readonly width: number;
  readonly height: number;
  /** Planar, `planes · height · width`. */
  readonly pixels: Uint8Array | Float32Array;
  readonly plan: FitPlan;
}

/** Resizes a film according to its spec and pastes it onto the fill. */
export function fitToInput(levels: FilmLevels, spec: Pick<ModelSpec, 'input' | 'fit'>): NetworkInput {
  const { input, fit } = spec;
  const planes = levels.planes.length;
  if (planes !== 1 && planes !== 3) throw new Error(`a film has 1 or 3 planes, not ${planes}`);
  const plan = planFit(spec, levels);
  const area = input.width * input.height;
  const { table } = levels;
  if (table instanceof Uint8Array !== (fit.arithmetic === 'uint8'))
    throw new Error(`levels do not have the arithmetic ${fit.arithmetic}`);
  const pixels =
    table instanceof Uint8Array
      ? new Uint8Array(planes * area).fill(Math.round(fit.fill * 255))
      : new Float32Array(planes * area).fill(fit.fill);
  levels.planes.forEach((plane, p) => {
    const content = resize(
      { width: levels.width, height: levels.height, pixels: plane },
      table,
      plan.content,
      fit.interpolation,
    );
    for (let y = 0; y < plan.content.height; y++) {
      const row = content.subarray(y * plan.content.width, (y + 1) * plan.content.width);
      pixels.set(row, p * area + (plan.content.y + y) * input.width + plan.content.x);
    }
  });
  return { planes, width: input.width, height: input.height, pixels, plan };
}

/**
 * Packs films of one network into its input tensor, N × channels × height × width, float32: (pixel − mean) · scale with
 * pixels in 0…1; one plane is repeated in every channel.
 *
 * @example
 * const table = Uint8Array.from({ length: 256 }, (_, value) => value); // each byte is its own level
 * const film = { width: 2, height: 1, planes: [Uint8Array.of(0, 255)], table };
 * const input = fitToInput(film, spec); // for an input of 3 × 416 × 416
 * const tensor = packTensor([input], spec.input);
 * // input.pixels.length === 416 * 416, tensor.length === 3 * 416 * 416
 */
export function packTensor(films: readonly NetworkInput[], input: InputSpec): Float32Array {
  const area = input.width * input.height;
  const tensor = new Float32Array(films.length * input.channels * area);
  const ofByte = Float32Array.from({ length: 256 }, (_, level) => (level / 255 - input.mean) * input.scale);
  films.forEach((film, n) => {
    if (
      film.width !== input.width ||
      film.height !== input.height ||
      (film.planes !== 1 && film.planes !== input.channels)
    ) {
      throw new Error(`a film of ${film.planes} × ${film.height} × ${film.width} does not fit this network`);
    }
    const start = n * input.channels * area;
    const { pixels } = film;
    if (pixels instanceof Uint8Array) {
      for (let i = 0; i < pixels.length; i++) tensor[start + i] = ofByte[pixels[i]!]!;
    } else {
      for (let i = 0; i < pixels.length; i++) tensor[start + i] = (pixels[i]! - input.mean) * input.scale;
    }
    for (let channel = film.planes; channel < input.channels; channel++) {
      tensor.copyWithin(start + channel * area, start, start + area);
    }
  });
  return tensor;
}
