// What other rooms may import without loading libvips. Decoding itself is in decodeFilm.ts and is imported by name, by
// processes that may crash.
export { pictureless } from './dicom/pictureless.js';
export * from './film.js';
export * from './invert.js';
export * from './rangeUsed.js';
export * from './sniff.js';
export * from './window.js';
