import { decodeFilm } from '../../imaging/decodeFilm.js';
import { serveDecoder } from './serveDecoder.js';

// libvips lives and dies in this process.
serveDecoder(decodeFilm);
