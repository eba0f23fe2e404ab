export * from './model.js';
export * from './loadModel.js';
export * from './loadRegistry.js';
