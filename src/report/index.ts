export * from './schema.js';
export * from './build.js';
export * from './view.js';
export * from './overlay.js';
