export * from './gate.js';
export * from './gates.js';
