export * from './importError.js';
export * from './importModel.js';
export * from './modelFolder.js';
export * from './modelSpec.js';
export { networkSize } from './network.js';
export { type Precision, writeOnnx } from './onnx/index.js';
export { type Float64Network, openFloat64 } from './onnx/float64/index.js';
export { UnsupportedOnnx } from './onnx/unsupportedOnnx.js';
