import { messageOf, serveParent } from '../../children/index.js';
import { FilmError } from '../../imaging/index.js';
import type { NotWrittenMessage, WriteMessage, WriterStart, WrittenMessage } from './messages.js';
import { writeFilm } from './writeFilm.js';

// libvips reads the film's bytes again here: in a process separate from those that analyse.
let maxPixels = 0;

serveParent<WriterStart, WriteMessage, WrittenMessage | NotWrittenMessage>({
  start(message) {
    maxPixels = message.maxPixels;
    return Promise.resolve({ kind: 'ready', notes: [] });
  },
  async work({ job, inverted, folder }, bytes) {
    try {
      return { kind: 'written', job, film: await writeFilm(bytes, folder, { maxPixels, inverted }) };
    } catch (error) {
      return { kind: 'not-written', job, message: messageOf(error), reason: reasonOf(error) };
    }
  },
});

function reasonOf(error: unknown): string {
  if (error instanceof FilmError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk of the service is full';
  return code === undefined ? 'it could not be written' : `it could not be written (${code})`;
}
