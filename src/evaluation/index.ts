export * from './results.js';
export * from './filmResult.js';
export * from './resultsCsv.js';
export * from './measure.js';
export * from './report.js';
export * from './bootstrap.js';
export * from './evaluate.js';
