export * from './model.js';
export * from './registryError.js';
export * from './assertOnnxHash.js';
export * from './canonicalJson.js';
export * from './loadModel.js';
export * from './loadRegistry.js';
