export * from './film.js';
