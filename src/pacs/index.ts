export { countFilms, type FilmCounts, requeueFilms, type TroubledFilm, troubledFilms } from './jobs/inspect.js';
export type { PacsObserver, PacsOptions } from './options.js';
export type { PlaceStatus } from './place.js';
export { readSources, SourcesError } from './sources/readSources.js';
export type { Source } from './sources/source.js';
export { PacsWorker } from './worker.js';
