export * from './analysis.js';
export * from './options.js';
export * from './startEngine.js';
