export * from './importError.js';
export * from './importModel.js';
export * from './modelFolder.js';
export * from './modelSpec.js';
export { networkSize } from './network.js';
export { type Precision, writeOnnx } from './onnx/index.js';
