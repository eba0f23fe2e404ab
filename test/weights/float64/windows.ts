/** Attributes of windows that pass over a map, in the order of ONNX. */
export type Pair = readonly [vertical: number, horizontal: number];
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

export function isPair(values: readonly number[]): values is Pair {
  return values.length === 2;
}

export function isSides(values: readonly number[]): values is Sides {
  return values.length === 4;
}

/** Rows and columns of the output of windows of the size `reach`; none reaches beyond the pads. */
export function windowCounts(
  map: { readonly height: number; readonly width: number },
  reach: Pair,
  { strides, pads }: { readonly strides: Pair; readonly pads: Sides },
): Pair {
  return [
    Math.floor((map.height + pads[0] + pads[2] - reach[0]) / strides[0]) + 1,
    Math.floor((map.width + pads[1] + pads[3] - reach[1]) / strides[1]) + 1,
  ];
}
