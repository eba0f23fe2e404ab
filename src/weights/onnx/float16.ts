/**
 * IEEE 754 binary16 from a float32, rounded to nearest, ties to even. Beyond ±65,504 it becomes infinite, as the
 * standard says: check with `fitsFloat16` before storing weights.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfBits);
}

/** Whether all values stay finite in half precision. */
export function fitsFloat16(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) < 65_520);
}

/** The exact value of a binary16 number. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  // Subnormal: no leading one.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65,520 and above round up to 2¹⁶, which is out of range.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2⁻¹⁴ steps stay 2⁻²⁴ wide.
  if (magnitude < 0x38800000)
    return sign | roundEven((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23), magnitude);
  const rebiased = magnitude - 0x38000000;
  const kept = rebiased >>> 13;
  const rest = rebiased & 0x1fff;
  return sign | (kept + (rest > 0x1000 || (rest === 0x1000 && (kept & 1) === 1) ? 1 : 0));
}

/** A subnormal: the mantissa shifted right by `shift` bits. */
function roundEven(mantissa: number, shift: number, magnitude: number): number {
  // Half of the smallest step, 2⁻²⁵, has exponent 102; anything smaller is zero.
  if (magnitude < 0x33000000) return 0;
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}
