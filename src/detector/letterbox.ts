import type { ImageBox, InputBox } from './boxes.js';
import type { ModelSpec } from './spec.js';

/** Where a film lies in the network input. Plain data, since it travels between processes. */
export interface FitPlan {
  readonly film: { readonly width: number; readonly height: number };
  /** Where the resized film is pasted, in whole pixels of the input. */
  readonly content: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Offset for mapping boxes back; differs from content.x/y by up to half a pixel with `unletterbox: darknet`. */
  readonly offset: { readonly x: number; readonly y: number };
}

/**
 * Letterboxing as in darknet's `letterbox_image`: one side fills the input exactly, the other is truncated to whole
 * pixels, the film is centred, offsets are floored. Computed in integers, so that the side that fits exactly never
 * loses a pixel to rounding.
 *
 * @param film size of the upright film in pixels, at least 1 × 1
 *
 * @example
 * const plan = planFit(spec, { width: 1000, height: 500 }); // for an input of 416 × 416
 * // plan.content: { x: 0, y: 104, width: 416, height: 208 }
 */
export function planFit(
  spec: Pick<ModelSpec, 'input' | 'fit'>,
  film: { readonly width: number; readonly height: number },
): FitPlan {
  const { input, fit } = spec;
  const { width: filmWidth, height: filmHeight } = film;
  let { width, height } = input;
  if (fit.mode === 'letterbox') {
    // input.width / filmWidth < input.height / filmHeight, without the division
    if (input.width * filmHeight < input.height * filmWidth) {
      height = Math.max(1, Math.floor((filmHeight * input.width) / filmWidth));
    } else {
      width = Math.max(1, Math.floor((filmWidth * input.height) / filmHeight));
    }
  }
  const rest = { x: (input.width - width) / 2, y: (input.height - height) / 2 };
  const pasted = { x: Math.floor(rest.x), y: Math.floor(rest.y) };
  return {
    film: { width: filmWidth, height: filmHeight },
    content: { ...pasted, width, height },
    offset: fit.unletterbox === 'darknet' ? rest : pasted,
  };
}

/**
 * From the network input back to the film; not clipped.
 *
 * @example
 * const plan = planFit(spec, { width: 1000, height: 500 }); // for an input of 416 × 416
 * toImageBox(plan, { x: 0, y: 104, width: 416, height: 208 }); // { x: 0, y: 0, width: 1000, height: 500 }
 * toInputBox(plan, { x: 0, y: 0, width: 1000, height: 500 }); // { x: 0, y: 104, width: 416, height: 208 }
 */
export function toImageBox(plan: FitPlan, box: InputBox): ImageBox {
  const scaleX = plan.film.width / plan.content.width;
  const scaleY = plan.film.height / plan.content.height;
  return {
    x: (box.x - plan.offset.x) * scaleX,
    y: (box.y - plan.offset.y) * scaleY,
    width: box.width * scaleX,
    height: box.height * scaleY,
  };
}

/** From the film into the network input: the inverse of `toImageBox`. */
export function toInputBox(plan: FitPlan, box: ImageBox): InputBox {
  const scaleX = plan.content.width / plan.film.width;
  const scaleY = plan.content.height / plan.film.height;
  return {
    x: box.x * scaleX + plan.offset.x,
    y: box.y * scaleY + plan.offset.y,
    width: box.width * scaleX,
    height: box.height * scaleY,
  };
}
