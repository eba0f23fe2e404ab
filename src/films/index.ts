// What other rooms may import without loading libvips: films are written by a child (writer/).
export * from './filmStore.js';
export { openFilmStore } from './openFilmStore.js';
export { type PngLayout } from './png/layout.js';
export { readPng } from './png/readPng.js';
export { writePng } from './png/writePng.js';
