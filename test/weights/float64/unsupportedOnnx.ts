/**
 * An ONNX file that the float64 evaluation can't follow: it came from elsewhere, or is none. The message names the
 * operator, the attribute or the thing. onnxruntime may well run it.
 */
export class UnsupportedOnnx extends Error {
  override readonly name = 'UnsupportedOnnx';
}
